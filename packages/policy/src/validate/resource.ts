/** The validator of resource-based policies, with the texts S3 gives for bucket policies. */

import { memberOf } from '../json.ts';
import { isPrincipalProblem, misspeltOperators, repeatedSids } from './identity.ts';
import { isPrincipalForm } from './principals.ts';
import { placedPrincipals } from './placed-principals.ts';
import { type PlacedText, elementTexts, statementsOf } from './statements.ts';
import { allowWithNotPrincipal, badEffect, badVersion, noStatements, unknownField } from './trust.ts';
import { type Refusal, type Stage, type Subject, type Validator, problemsAs, refuse, refuseAll } from './validation.ts';

const incompleteText = 'Statement is missing required element';
const principalText = 'Invalid principal in policy';
const syntaxText = 'Invalid policy syntax.';

/** Statements with neither an element nor its Not-form. */
function lacking({ document }: Subject, element: string, message: string): readonly Refusal[] {
  return statementsOf(document)
    .filter(({ node }) => !memberOf(node, element) && !memberOf(node, `Not${element}`))
    .map(({ node, at }) => ({ message, at, start: node.start }));
}

const incomplete = problemsAs(incompleteText, ({ code }) => code === 'missing-element');

function invalidPrincipals(subject: Subject): readonly Refusal[] {
  const misformed = statementsOf(subject.document)
    .flatMap(placedPrincipals)
    .filter(({ pattern }) => !isPrincipalForm(pattern))
    .map((found) => refuse(found, principalText));
  return [...problemsAs(principalText, isPrincipalProblem)(subject), ...misformed];
}

function otherSyntax(subject: Subject): readonly Refusal[] {
  const problems = problemsAs(syntaxText, (problem) => !isPrincipalProblem(problem))(subject);
  return [...problems, ...misspeltOperators(subject, syntaxText)];
}

function textsIn({ document }: Subject, element: string): readonly PlacedText[] {
  return statementsOf(document).flatMap((statement) => elementTexts(statement, element));
}

/** A bucket's policy speaks of S3 alone, or of everything. */
function bucketActions(subject: Subject): readonly Refusal[] {
  if (subject.options.bucket === undefined) return [];
  const foreign = textsIn(subject, 'Action').filter(({ text }) => !/^(?:\*$|s3:.)/i.test(text));
  return refuseAll(foreign, 'Policy has invalid action');
}

/** A bucket's policy can name that bucket and what is in it, nothing else; `*` is refused too. */
function bucketResources(subject: Subject): readonly Refusal[] {
  const { bucket } = subject.options;
  if (bucket === undefined) return [];
  const outside = textsIn(subject, 'Resource').filter(({ text }) => !isWithin(text, bucket));
  return refuseAll(outside, 'Policy has invalid resource');
}

function isWithin(resource: string, bucket: string): boolean {
  const name = /^arn:(?:aws|aws-cn|aws-us-gov):s3:::([^/]*)(?:\/.*)?$/s.exec(resource)?.[1];
  return name === bucket;
}

const stages: readonly Stage[] = [
  { code: 'unknown-field', check: unknownField },
  { code: 'version', check: badVersion },
  { code: 'statement-empty', check: noStatements },
  { code: 'effect-invalid', check: badEffect },
  { code: 'principal-missing', check: (subject) => lacking(subject, 'Principal', 'Missing required field Principal') },
  { code: 'element-missing', check: incomplete },
  { code: 'element-missing', check: (subject) => lacking(subject, 'Resource', incompleteText) },
  { code: 'not-principal', check: allowWithNotPrincipal },
  { code: 'syntax', check: otherSyntax },
  { code: 'principal-invalid', check: invalidPrincipals },
  {
    code: 'statement-ids',
    check: (subject) => refuseAll(repeatedSids(subject), 'Statement IDs (SID) in a single policy must be unique.'),
  },
  { code: 'action-form', check: bucketActions },
  { code: 'resource-form', check: bucketResources },
];

export const resourceValidator: Validator = {
  code: 'MalformedPolicy',
  notJson: ({ code }) =>
    code === 'duplicate-key' ? syntaxText : "Policies must be valid JSON and the first byte must be '{'",
  stages,
};
