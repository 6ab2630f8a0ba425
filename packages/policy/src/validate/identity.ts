/**
 * The validator of identity policies: CreatePolicy, CreatePolicyVersion and the three Put…Policy operations.
 * Stages and texts are those measured on AWS; only the place of the last one is not known.
 */

import { memberOf, pointer } from '../json.ts';
import { operatorNamed } from '../operator-names.ts';
import type { Problem } from '../parse.ts';
import { actionRefusals } from './identity-actions.ts';
import { resourceRefusals } from './identity-resources.ts';
import { isStorableDate } from './date-form.ts';
import { type PlacedText, elementTexts, operatorsOf, statementsOf, textsOf } from './statements.ts';
import { type Refusal, type Stage, type Subject, type Validator, problemsAs, refuse, refuseAll } from './validation.ts';

const syntaxText = 'Syntax errors in policy.';
const legacyText = 'The policy failed legacy parsing';

const oldest = '2012-10-17';

function lacksActions({ code, element, subject }: Problem): boolean {
  if (code === 'missing-element') return subject === 'Action';
  return code === 'empty-list' && (element === 'Action' || element === 'NotAction');
}

function lacksResources({ code, element }: Problem): boolean {
  return code === 'empty-list' && (element === 'Resource' || element === 'NotResource');
}

/** Problems within Principal or NotPrincipal; an unknown element at the top may have that name too. */
export function isPrincipalProblem({ code, element }: Problem): boolean {
  return code !== 'unknown-element' && (element === 'Principal' || element === 'NotPrincipal');
}

/** Problems of the parser that a later stage answers, and those of Principal, which has a text of its own. */
function isLater(problem: Problem): boolean {
  return (
    problem.code === 'wrong-case' || isPrincipalProblem(problem) || lacksActions(problem) || lacksResources(problem)
  );
}

function syntax(subject: Subject): readonly Refusal[] {
  const found = problemsAs(syntaxText, (problem) => !isLater(problem))(subject);
  return [...found, ...misspeltOperators(subject, syntaxText)];
}

/** Operators that are not among the 27, or not in their exact spelling; with an empty body they pass. */
export function misspeltOperators({ document }: Subject, message: string): readonly Refusal[] {
  return statementsOf(document)
    .flatMap(operatorsOf)
    .filter(({ written, body }) => body.members.length > 0 && operatorNamed(written)?.written !== written)
    .map((found) => refuse(found, message));
}

/**
 * AWS refuses every version but the newest, an absent one too; here an absent Version is accepted and means
 * 2008-10-17 (no variables), because published example policies leave it out: decision 0002.
 */
function version({ document: { root } }: Subject): readonly Refusal[] {
  const value = root.kind === 'object' ? memberOf(root, 'Version') : undefined;
  if (value === undefined || (value.kind === 'string' && value.value === oldest)) return [];
  return [{ message: `Policy document must be version ${oldest} or greater.`, at: '/Version', start: value.start }];
}

function legacyParsing(subject: Subject): readonly Refusal[] {
  const effects = problemsAs(legacyText, ({ code }) => code === 'wrong-case')(subject);
  return [...effects, ...badDates(subject), ...badArns(subject)];
}

function badDates({ document }: Subject): readonly Refusal[] {
  return statementsOf(document)
    .flatMap(operatorsOf)
    .filter(({ written }) => operatorNamed(written)?.operator.startsWith('Date'))
    .flatMap(({ body, at }) => body.members.flatMap(({ key, value }) => textsOf(value, pointer(at, key))))
    .filter(({ text }) => !isStorableDate(text))
    .map((found) => refuse(found, legacyText));
}

/** An ARN with an empty vendor, or with `::` in it and too few parts. */
function isBadArn(text: string): boolean {
  const parts = text.split(':');
  return parts[0] === 'arn' && (parts[2] === '' || (parts.length < 6 && text.includes('::')));
}

function badArns({ document }: Subject): readonly Refusal[] {
  return statementsOf(document)
    .flatMap((statement) => elementTexts(statement, 'Resource'))
    .filter(({ text }) => isBadArn(text))
    .map((found) => refuse(found, legacyText));
}

const sidForm = /^[0-9A-Za-z]*$/;

const sidText =
  'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*';

function sidsOf({ document }: Subject): readonly PlacedText[] {
  return statementsOf(document).flatMap(({ node, at }) => textsOf(memberOf(node, 'Sid'), `${at}/Sid`));
}

/** The Sids that came before in the same document. Empty ones may repeat. */
export function repeatedSids(subject: Subject): readonly PlacedText[] {
  const seen = new Set<string>(['']);
  return sidsOf(subject).filter(({ text }) => text !== '' && seen.size === seen.add(text).size);
}

/** Sids with anything but letters and digits. */
export function misformedSids(subject: Subject): readonly PlacedText[] {
  return sidsOf(subject).filter(({ text }) => !sidForm.test(text));
}

function sids(subject: Subject): readonly Refusal[] {
  return [
    ...refuseAll(repeatedSids(subject), 'Statement IDs (SID) in a single policy must be unique.'),
    ...refuseAll(misformedSids(subject), sidText),
  ];
}

/** Missing or empty resources; the parser leaves a missing Resource alone, since trust policies have none. */
function resourcesPresent(subject: Subject): readonly Refusal[] {
  const message = 'Policy statement must contain resources.';
  const empty = problemsAs(message, lacksResources)(subject);
  const missing = statementsOf(subject.document)
    .filter(({ node }) => !memberOf(node, 'Resource') && !memberOf(node, 'NotResource'))
    .map(({ node, at }) => ({ message, at, start: node.start }));
  return [...missing, ...empty];
}

function noPrincipal({ document }: Subject): readonly Refusal[] {
  return statementsOf(document).flatMap(({ node, at }) =>
    node.members
      .filter(({ key }) => key === 'Principal' || key === 'NotPrincipal')
      .map(({ key, keyStart }) => ({
        message: 'Policy document should not specify a principal.',
        at: `${at}/${key}`,
        start: keyStart,
      })),
  );
}

const actionsPresent = problemsAs('Policy statement must contain actions.', lacksActions);

const versionStage: Stage = { code: 'version', check: version };

const stages: readonly Stage[] = [
  { code: 'syntax', check: syntax },
  versionStage,
  { code: 'legacy-parsing', check: legacyParsing },
  { code: 'statement-ids', check: sids },
  { code: 'actions-missing', check: actionsPresent },
  { code: 'resource-form', check: resourceRefusals },
  { code: 'action-form', check: actionRefusals },
  { code: 'resources-missing', check: resourcesPresent },
  { code: 'principal-given', check: noPrincipal },
];

export const identityValidator: Validator = {
  code: 'MalformedPolicyDocument',
  notJson: () => syntaxText,
  stages,
};

/** Session policies are identity policies of any version with a text of their own for what is not JSON. */
export const sessionValidator: Validator = {
  code: 'MalformedPolicyDocument',
  notJson: () => 'The policy is not in the valid JSON format.',
  stages: stages.filter((stage) => stage !== versionStage),
};
