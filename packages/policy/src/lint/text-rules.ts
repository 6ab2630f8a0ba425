import { operatorTypes } from '../operator-names.ts';
import {
  type Advice,
  type LintContext,
  type LintRule,
  type Placed,
  type PlacedClause,
  clausesOf,
  operandsOf,
  patternsOf,
  statementPath,
  valuesOf,
} from './rule.ts';

/** Operators in whose operands variables are replaced. */
function takesVariables({ clause: { operator } }: PlacedClause): boolean {
  const type = operator === undefined ? undefined : operatorTypes.get(operator);
  return type === 'string' || type === 'arn';
}

function resources({ policy }: LintContext): readonly Placed[] {
  return policy.statements.flatMap((statement) => patternsOf(statement, 'Resource'));
}

function actions({ policy }: LintContext): readonly Placed[] {
  return policy.statements.flatMap((statement) => patternsOf(statement, 'Action'));
}

/** Texts in which a variable would be replaced in a document of 2012. */
function variablePlaces(context: LintContext): readonly Placed[] {
  return [...resources(context), ...valuesOf(context, takesVariables)];
}

function literalPlaces(context: LintContext): readonly Placed[] {
  return [...actions(context), ...valuesOf(context, (placed) => !takesVariables(placed))];
}

function withVariable(places: readonly Placed[], advice: Omit<Advice, 'path'>): readonly Advice[] {
  return places.filter(({ text }) => text.includes('${')).map(({ path }) => ({ path, ...advice }));
}

function oldVariables(context: LintContext): readonly Advice[] {
  if (context.policy.version === '2012-10-17') return [];
  return withVariable(variablePlaces(context), {
    message: 'variables are literal text in a document without `"Version": "2012-10-17"`',
    suggestion: 'add `"Version": "2012-10-17"`',
  });
}

function literalVariables(context: LintContext): readonly Advice[] {
  if (context.policy.version !== '2012-10-17') return [];
  return withVariable(literalPlaces(context), {
    message: 'variables are not replaced here',
    suggestion: 'variables work in Resource and in operands of String and Arn operators',
  });
}

/** A `${` without its `}`, or with no name in between. Linear, also for many openings and one end. */
function isBroken(text: string): boolean {
  return text.lastIndexOf('${') > text.lastIndexOf('}') || /\$\{\s*\}/.test(text);
}

function brokenVariables(context: LintContext): readonly Advice[] {
  return variablePlaces(context)
    .filter(({ text }) => isBroken(text))
    .map(({ path }) => ({
      path,
      message: 'this variable has no name or no closing brace, so it is literal text',
      suggestion: 'write `${key}`, or `${$}{` for a literal `${`',
    }));
}

/** Vendors all of whose resources lie in a region. */
const regional: ReadonlySet<string> = new Set(['ivs', 'ivschat', 'kinesisvideo']);

function isUnmatchable(resource: string): boolean {
  if (resource === '*') return false;
  const [, , vendor = '', region, account, rest] = resource.split(':');
  if (rest === undefined) return !resource.endsWith('*');
  return regional.has(vendor) && (region === '' || account === '');
}

function unmatchable(context: LintContext): readonly Advice[] {
  return resources(context)
    .filter(({ text }) => isUnmatchable(text))
    .map(({ path }) => ({
      path,
      message: 'no resource has an ARN of this form, so this matches nothing',
      suggestion: 'write arn:partition:service:region:account:resource',
    }));
}

function emptyResources({ policy }: LintContext): readonly Advice[] {
  return policy.statements
    .filter(({ resource }) => resource?.patterns.length === 0)
    .map((statement) => ({
      path: [...statementPath(statement), 'Resource'],
      message: 'this list holds nothing but null, so the statement matches nothing',
      suggestion: 'name the resources',
    }));
}

/** The lists of a document: texts that repeat in one of them say nothing. Actions ignore case. */
function listsOf(context: LintContext): readonly (readonly Placed[])[] {
  const lists = context.policy.statements.flatMap((statement) => [
    patternsOf(statement, 'Action').map((placed) => ({ ...placed, text: placed.text.toLowerCase() })),
    patternsOf(statement, 'Resource'),
  ]);
  return [...lists, ...clausesOf(context).map(operandsOf)];
}

function repeats(list: readonly Placed[]): readonly Placed[] {
  const seen = new Set<string>();
  return list.filter(({ text }) => seen.size === seen.add(text).size);
}

function duplicates(context: LintContext): readonly Advice[] {
  return listsOf(context)
    .flatMap(repeats)
    .map(({ path }) => ({ path, message: 'this stands in the list twice', suggestion: 'leave one of them out' }));
}

function oldVersion({ policy }: LintContext): readonly Advice[] {
  if (policy.version === '2012-10-17') return [];
  return [
    {
      path: ['Version'],
      message: 'the document has the version of 2008, which has no variables',
      suggestion: 'write `"Version": "2012-10-17"`',
    },
  ];
}

export const textRules: readonly LintRule[] = [
  { code: 'old-version', severity: 'suggestion', check: oldVersion },
  { code: 'variable-in-2008', severity: 'warning', check: oldVariables },
  { code: 'variable-not-replaced', severity: 'warning', check: literalVariables },
  { code: 'unclosed-variable', severity: 'error', check: brokenVariables },
  { code: 'unmatchable-resource', severity: 'warning', check: unmatchable },
  { code: 'empty-resources', severity: 'warning', check: emptyResources },
  { code: 'duplicate-value', severity: 'suggestion', check: duplicates },
];
