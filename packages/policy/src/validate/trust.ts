/** The validator of trust policies: CreateRole and UpdateAssumeRolePolicy. Its order is partly inferred. */

import { compileGlob, matchesGlob } from '../glob.ts';
import { type JsonValue, memberOf, pointer } from '../json.ts';
import type { Problem } from '../parse.ts';
import { misformedSids, misspeltOperators, repeatedSids } from './identity.ts';
import { invalidPrincipalText, isPrincipalForm } from './principals.ts';
import { placedPrincipals } from './placed-principals.ts';
import { type StatementNode, elementTexts, statementsOf } from './statements.ts';
import { type Refusal, type Stage, type Subject, type Validator, problemsAs, refuse, refuseAll } from './validation.ts';

function syntaxText({ line, column }: Problem['position']): string {
  return `Syntax error at position (${line},${column})`;
}

/** A stage over the statements one by one. */
function perStatement(check: (statement: StatementNode) => readonly Refusal[]): Stage['check'] {
  return ({ document }) => statementsOf(document).flatMap(check);
}

/** Statements that hold a certain element, refused at that element. */
function holding(element: string, message: string): Stage['check'] {
  return perStatement(({ node, at }) =>
    node.members
      .filter(({ key }) => key === element)
      .map(({ keyStart }) => ({ message, at: pointer(at, element), start: keyStart })),
  );
}

/** An absent Version is accepted, as for identity policies. */
export const badVersion = problemsAs(
  'The policy must contain a valid version string',
  ({ code, element }) => element === 'Version' && code !== 'unknown-element',
);

export const noStatements = problemsAs(
  'Could not parse the policy: Statement is empty!',
  ({ code, element }) => code === 'empty-list' && element === 'Statement',
);

export const unknownField = problemsAs(
  ({ subject = '' }) => `Unknown field ${subject}`,
  ({ code }) => code === 'unknown-element',
);

export const badEffect = problemsAs(
  ({ subject = '' }) => `Invalid effect: ${subject}`,
  ({ code, element }) => (code === 'invalid-value' || code === 'wrong-case') && element === 'Effect',
);

function missingField(field: string): Stage['check'] {
  return problemsAs(
    `Missing required field ${field}`,
    ({ code, subject, element }) =>
      (code === 'missing-element' && subject === field) || (code === 'empty-list' && element === field),
  );
}

export const allowWithNotPrincipal = perStatement(({ node, at }) => {
  const effect = memberOf(node, 'Effect');
  const found = node.members.find(({ key }) => key === 'NotPrincipal');
  if (found === undefined || effect?.kind !== 'string' || effect.value !== 'Allow') return [];
  return [{ message: 'Allow with NotPrincipal is not allowed.', at: pointer(at, found.key), start: found.keyStart }];
});

function missingPrincipal({ node, at }: StatementNode): readonly Refusal[] {
  const value = memberOf(node, 'Principal');
  if (value === undefined) return [{ message: 'Missing required field Principal', at, start: node.start }];
  if (!isEmptyPrincipal(value)) return [];
  const message = 'Missing required field Principal cannot be empty!';
  return [{ message, at: pointer(at, 'Principal'), start: value.start }];
}

function isEmptyPrincipal(value: JsonValue): boolean {
  if (value.kind === 'object') return value.members.every((member) => isEmptyPrincipal(member.value));
  if (value.kind === 'array') return value.items.length === 0;
  return value.kind === 'string' && value.value === '';
}

function principalNotObject({ node, at }: StatementNode): readonly Refusal[] {
  const value = memberOf(node, 'Principal');
  if (value === undefined || value.kind === 'object' || (value.kind === 'string' && value.value === '*')) return [];
  return [{ message: 'Principal must be a JSON object.', at: pointer(at, 'Principal'), start: value.start }];
}

const trustActions = [
  'assumerole',
  'assumerolewithsaml',
  'assumerolewithwebidentity',
  'tagsession',
  'setsourceidentity',
  'setcontext',
];

/** Actions of STS that can stand in a trust policy, and globs over them (`sts:*`). */
function isTrustAction(action: string): boolean {
  const [vendor, name, ...rest] = action.toLowerCase().split(':');
  if (vendor !== 'sts' || name === undefined || rest.length > 0) return false;
  const glob = compileGlob(name);
  return trustActions.some((known) => matchesGlob(glob, known));
}

const onlyStsText = 'AssumeRole policy may only specify STS AssumeRole actions.';

const onlyStsActions = perStatement((statement) => [
  ...elementTexts(statement, 'Action')
    .filter(({ text }) => !isTrustAction(text))
    .map((found) => refuse(found, onlyStsText)),
  ...statement.node.members
    .filter(({ key }) => key === 'NotAction')
    .map(({ keyStart }) => ({ message: onlyStsText, at: pointer(statement.at, 'NotAction'), start: keyStart })),
]);

function invalidSids(subject: Subject): readonly Refusal[] {
  const found = misformedSids(subject);
  const list = found.map(({ text }) => text).join(', ');
  return refuseAll(found, `The following Statement Ids are invalid: ${list}`);
}

const misformedPrincipals = perStatement((statement) =>
  placedPrincipals(statement)
    .filter((found) => !isPrincipalForm(found.pattern))
    .map((found) => refuse(found, invalidPrincipalText(found.pattern))),
);

const cognitoPool = 'cognito-identity.amazonaws.com';

/** Anybody can have an identity of the shared pool service: which pool is meant stands in the condition. */
function cognitoCondition(statement: StatementNode): readonly Refusal[] {
  const message = 'A condition block must be present for the Cognito provider';
  const block = memberOf(statement.node, 'Condition');
  if (block?.kind === 'object' && block.members.length > 0) return [];
  const cognito = placedPrincipals(statement).filter(
    ({ pattern: { type, value } }) => type === 'Federated' && value === cognitoPool,
  );
  return refuseAll(cognito, message);
}

/** A principal of a type that does not exist is answered with its own text. */
function isUnknownPrincipalType({ code, element }: Problem): boolean {
  return code === 'invalid-value' && element === 'Principal';
}

/** Wrong JSON types and operators that are not known, at their place. */
function otherSyntax(subject: Subject): readonly Refusal[] {
  const problems = problemsAs(
    ({ position }) => syntaxText(position),
    (problem) => !isUnknownPrincipalType(problem),
  )(subject);
  const operators = misspeltOperators(subject, '').map((found) => {
    return refuse(found, syntaxText(subject.document.locator.at(found.start)));
  });
  return [...problems, ...operators];
}

const stages: readonly Stage[] = [
  { code: 'unknown-field', check: unknownField },
  { code: 'version', check: badVersion },
  { code: 'statement-empty', check: noStatements },
  { code: 'statement-missing', check: missingField('Statement') },
  { code: 'effect-missing', check: missingField('Effect') },
  { code: 'effect-invalid', check: badEffect },
  { code: 'resource-given', check: holding('Resource', 'Has prohibited field Resource') },
  { code: 'resource-given', check: holding('NotResource', 'Has prohibited field NotResource') },
  { code: 'not-principal', check: allowWithNotPrincipal },
  {
    code: 'not-principal',
    check: holding('NotPrincipal', 'AssumeRole policy must not contain NotPrincipal field.'),
  },
  { code: 'principal-missing', check: perStatement(missingPrincipal) },
  { code: 'principal-type', check: perStatement(principalNotObject) },
  { code: 'action-missing', check: missingField('Action') },
  { code: 'syntax', check: otherSyntax },
  { code: 'action-form', check: onlyStsActions },
  {
    code: 'statement-ids',
    check: (subject) => refuseAll(repeatedSids(subject), 'The Statement Ids in the policy are not unique'),
  },
  { code: 'statement-ids', check: invalidSids },
  { code: 'principal-invalid', check: misformedPrincipals },
  { code: 'cognito-condition', check: perStatement(cognitoCondition) },
];

export const trustValidator: Validator = {
  code: 'MalformedPolicyDocument',
  notJson: () => 'This policy contains invalid Json',
  stages,
};
