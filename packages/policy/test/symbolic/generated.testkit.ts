import * as fc from 'fast-check';
import { createContext } from '../../src/context.ts';
import { decide } from '../../src/decide.ts';
import { compilePolicies } from '../../src/policy-set.ts';
import type { AccessRequest, ContextValue } from '../../src/request.ts';
import type { ConditionClause, Match, Policy, Statement } from '../../src/statement.ts';

/** A small world: names, and the lists and clauses that policies of this world are made of. */
interface World {
  readonly actions: readonly string[];
  readonly actionPatterns: readonly string[];
  readonly resources: readonly string[];
  readonly resourcePatterns: readonly string[];
  readonly values: Readonly<Record<string, readonly (ContextValue | undefined)[]>>;
  readonly clauses: readonly ConditionClause[];
}

const nowhere = { line: 1, column: 1, offset: 0 };
const ivs = 'arn:aws:ivs:us-east-1:111111111111';
const kvs = 'arn:aws:kinesisvideo:eu-west-1:222222222222';

/** `ForAnyValue:StringLikeIfExists` with its key and operands as a clause. */
export function clause(written: string, key: string, values: readonly string[]): ConditionClause {
  const [base = '', qualifier] = written.split(':').toReversed();
  const ifExists = base.endsWith('IfExists');
  const quantifier = qualifier === 'ForAllValues' || qualifier === 'ForAnyValue' ? qualifier : undefined;
  return { written, operator: base.replace(/IfExists$/, ''), quantifier, ifExists, key, values };
}

function clausesOn(key: string, operators: readonly string[], operands: readonly (readonly string[])[]) {
  return operators.flatMap((written) => operands.map((values) => clause(written, key, values)));
}

const plain = ['', 'IfExists'];
const sets = ['ForAllValues:', 'ForAnyValue:'];

function forms(bases: readonly string[], prefixes: readonly string[], suffixes: readonly string[]): string[] {
  return prefixes.flatMap((prefix) => bases.flatMap((base) => suffixes.map((suffix) => `${prefix}${base}${suffix}`)));
}

const textBases = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase'];
const presence = (key: string): ConditionClause[] => clausesOn(key, ['Null'], [['true'], ['false']]);

export const world: World = {
  actions: ['ivs:GetChannel', 'ivs:GetStream', 'ivs:PutMetadata', 'kinesisvideo:GetMedia'],
  actionPatterns: [
    '*',
    '*',
    'ivs:*',
    'ivs:Get*',
    'IVS:getchannel',
    'ivs:*a*',
    '*:Get?????',
    '*:GetMedia',
    'ivs:Put?etadata',
  ],
  resources: [
    '*',
    `${ivs}:channel/a`,
    `${ivs}:channel/ab`,
    `${ivs}:channel/b/a`,
    `${ivs}:stage/a`,
    `${kvs}:stream/a/1`,
  ],
  resourcePatterns: [
    '*',
    '*',
    'arn:aws:*',
    `${ivs}:*`,
    `${ivs}:channel/*`,
    `${ivs}:channel/a*`,
    `${ivs}:channel/a`,
    'arn:*:*:*:*:*a',
    'arn:aws:ivs:*:*:channel/?',
    `${ivs}:*/a`,
    'arn:aws:ivs',
    'arn:*:kinesis*:*:22*:stream/*/1',
  ],
  values: {
    'aws:username': [undefined, 'a', 'ab', 'b', '*', 'red'],
    team: [undefined, 'red', 'RED', 'reed', 'blue', ''],
    size: [undefined, '5', '7.5', '10', 'x'],
    'aws:CurrentTime': [undefined, '2024-05-01T00:00:00Z', '2024-06-01T00:00:00Z', '2025-01-01T00:00:00Z'],
    'aws:SourceIp': [undefined, '10.0.0.1', '10.1.2.3', '192.168.0.9', '2001:db8::1'],
    mfa: [undefined, 'true', 'False'],
    owner: [undefined, `${ivs}:channel/a`, `${ivs}:channel/b`, 'nobody'],
    blob: [undefined, 'Zm9v', 'YmFy', '?'],
    'aws:TagKeys': [undefined, [], ['env'], ['env', 'cost'], ['', ''], ['other', 'cost'], 'env', ''],
  },
  clauses: [
    ...clausesOn('team', forms(textBases, [''], plain), [['red'], ['r*d'], ['red', 'blue'], ['?ed'], ['RED']]),
    ...presence('team'),
    ...clausesOn(
      'size',
      [
        'NumericEquals',
        'NumericNotEquals',
        'NumericLessThan',
        'NumericGreaterThanEquals',
        'NumericLessThanEqualsIfExists',
      ],
      [['5'], ['7.5', '10'], ['10']],
    ),
    ...clausesOn(
      'aws:CurrentTime',
      ['DateLessThan', 'DateGreaterThan', 'DateNotEquals'],
      [['2024-06-01T00:00:00Z'], ['2024-05-15']],
    ),
    ...clausesOn(
      'aws:SourceIp',
      ['IpAddress', 'NotIpAddress', 'NotIpAddressIfExists'],
      [['10.0.0.0/8'], ['10.0.0.0/16', '192.168.0.0/16'], ['2001:db8::/32']],
    ),
    ...clausesOn('mfa', ['Bool', 'BoolIfExists'], [['true'], ['false']]),
    ...presence('mfa'),
    ...clausesOn(
      'owner',
      ['ArnLike', 'ArnNotEquals', 'ArnEqualsIfExists'],
      [[`${ivs}:channel/*`], ['arn:aws:*'], [`${ivs}:channel/a`]],
    ),
    ...clausesOn('blob', ['BinaryEquals', 'BinaryEqualsIfExists'], [['Zm9v'], ['YmFy', 'Zm9v']]),
    ...clausesOn('aws:TagKeys', forms(['StringEquals', 'StringNotEquals', 'StringLike'], sets, plain), [
      ['env'],
      ['env', 'cost'],
      ['*o*'],
    ]),
    ...clausesOn('aws:TagKeys', ['StringEquals', 'StringNotLike'], [['env'], ['c*']]),
    ...presence('aws:TagKeys'),
    { written: 'Nonsense', operator: undefined, quantifier: undefined, ifExists: false, key: 'team', values: ['x'] },
  ],
};

function match(patterns: readonly string[]): fc.Arbitrary<Match<string>> {
  const mode = fc.constantFrom<Match<string>['mode']>('only', 'only', 'only', 'allBut');
  return fc.record({ mode, patterns: fc.array(fc.constantFrom(...patterns), { minLength: 1, maxLength: 3 }) });
}

interface Ingredients {
  readonly resourcePatterns: readonly string[];
  readonly clauses: readonly ConditionClause[];
}

function statement({ resourcePatterns, clauses }: Ingredients): fc.Arbitrary<Statement> {
  return fc.record({
    index: fc.constant(0),
    sid: fc.constant(undefined),
    effect: fc.constantFrom<Statement['effect']>('Allow', 'Allow', 'Deny'),
    principal: fc.constant(undefined),
    action: match(world.actionPatterns),
    resource: match(resourcePatterns),
    conditions: fc.array(fc.constantFrom(...clauses), { maxLength: 2 }),
    start: fc.constant(nowhere),
    end: fc.constant(nowhere),
  });
}

function policy(ingredients: Ingredients): fc.Arbitrary<Policy> {
  return fc.array(statement(ingredients), { minLength: 1, maxLength: 4 }).map((list) => policyOf(list));
}

function ingredientsFor(keys: readonly string[]): Ingredients {
  const clauses = world.clauses.filter(({ key }) => keys.includes(key));
  return { resourcePatterns: world.resourcePatterns, clauses };
}

export function policyOf(statements: readonly Statement[], version: Policy['version'] = '2012-10-17'): Policy {
  return { version, id: undefined, statements: statements.map((statement, index) => ({ ...statement, index })) };
}

export interface Pair {
  readonly keys: readonly string[];
  readonly a: Policy;
  readonly b: Policy;
}

function pairsOf(keys: readonly string[], ingredients: Ingredients): fc.Arbitrary<Pair> {
  const made = policy(ingredients);
  return fc
    .record({ a: made, b: made, shared: fc.integer({ min: 0, max: 3 }) })
    .map(({ a, b, shared }) => ({ keys, a, b: withStatementsOf(a, b, shared) }));
}

/** Two policies that look at the same one or two context keys; often one with the statements of the other. */
export const pairs: fc.Arbitrary<Pair> = fc
  .uniqueArray(fc.constantFrom(...new Set(world.clauses.map(({ key }) => key))), { minLength: 1, maxLength: 2 })
  .chain((keys) => pairsOf(keys, ingredientsFor(keys)));

/** Pairs with policy variables in resources and operands. */
export const pairsWithVariables: fc.Arbitrary<Pair> = pairsOf(['team', 'aws:username'], {
  resourcePatterns: [
    '*',
    `${ivs}:channel/*`,
    `${ivs}:channel/a`,
    `${ivs}:channel/a*`,
    `${ivs}:channel/\${aws:username}`,
    `${ivs}:channel/\${AWS:UserName}/*`,
    `${ivs}:channel/\${aws:username, 'a'}`,
    `${ivs}:channel/\${team}\${aws:username}`,
  ],
  clauses: [
    ...clausesOn(
      'team',
      ['StringEquals', 'StringNotEquals', 'StringLike'],
      [['${aws:username}'], ['r*', '${aws:username}'], ['red']],
    ),
    ...clausesOn(
      'aws:username',
      ['StringEquals', 'StringNotLike', 'StringLikeIfExists'],
      [['a'], ['a*'], ['${team}*']],
    ),
    ...presence('aws:username'),
  ],
});

function withStatementsOf(a: Policy, b: Policy, kind: number): Policy {
  if (kind === 0) return b;
  const borrowed = kind === 1 ? a.statements.slice(1) : a.statements;
  const own = kind === 3 ? b.statements.filter(({ effect }) => effect === 'Allow') : b.statements;
  return policyOf([...borrowed, ...own]);
}

/** Every request of the world, as far as the keys go. */
export function requests(keys: readonly string[]): AccessRequest[] {
  let contexts: [string, ContextValue][][] = [[]];
  for (const key of keys) {
    const values = world.values[key] ?? [];
    contexts = contexts.flatMap((entries) =>
      values.map((value): [string, ContextValue][] => (value === undefined ? entries : [...entries, [key, value]])),
    );
  }
  const principal = { type: 'User', arn: 'arn:aws:iam::111111111111:user/x', accountId: '111111111111' } as const;
  return contexts
    .map(createContext)
    .flatMap((context) =>
      world.actions.flatMap((action) =>
        world.resources.map((resource) => ({ principal, action, resource, resourceAccount: '111111111111', context })),
      ),
    );
}

const remembered = new Map<string, AccessRequest[]>();

/** As `requests`, made once per choice of keys. */
export function allRequests(keys: readonly string[]): readonly AccessRequest[] {
  const name = keys.join();
  const known = remembered.get(name) ?? requests(keys);
  remembered.set(name, known);
  return known;
}

/** Whether identity policies alone allow the request. */
export function permits(policies: Policy | readonly Policy[]): (request: AccessRequest) => boolean {
  const list = 'statements' in policies ? [policies] : policies;
  const identity = compilePolicies(list.map((policy, i) => ({ id: String(i), policy })));
  return (request) => decide(request, { identity }).decision === 'Allow';
}
