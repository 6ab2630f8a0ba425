import { elementTexts, statementsOf } from './statements.ts';
import type { Refusal, Subject } from './validation.ts';

const vendorForm = /^(?:\*|[A-Za-z0-9.-]+)$/;

/** What is wrong with the form of an action of an identity policy, in AWS's words. Unknown names are accepted. */
function actionProblem(action: string): string | undefined {
  if (action === '*') return undefined;
  const [vendor = '', ...names] = action.split(':');
  if (names.length === 0) return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
  if (names.length > 1) return 'Actions/Condition can contain only one colon.';
  return vendorForm.test(vendor) ? undefined : `Vendor ${vendor} is not valid`;
}

export function actionRefusals({ document }: Subject): readonly Refusal[] {
  return statementsOf(document)
    .flatMap((statement) => elementTexts(statement, 'Action'))
    .flatMap(({ text, at, start }) => {
      const message = actionProblem(text);
      return message === undefined ? [] : [{ message, at, start }];
    });
}
