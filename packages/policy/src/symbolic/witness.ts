import { createContext } from '../context.ts';
import type { AccessRequest, ContextValue, Principal } from '../request.ts';
import { isName } from './atoms.ts';
import type { Literal, NameAtom } from './atoms.ts';
import { newBudget } from './budget.ts';
import { arnPattern } from './arn-patterns.ts';
import { findAction, findArn } from './names.ts';
import type { Part, Problem, Question } from './problem.ts';
import type { State } from './search.ts';
import { TextPattern, TextSet } from './text-set.ts';
import type { Membership } from './text-set.ts';
import { glob, literal } from './tokens.ts';
import { constantsFor } from './variables.ts';
import type { Settled } from './world.ts';

const account = '123456789012';

function oneOf(texts: readonly string[]): Membership {
  const names = texts.map((text) => text.toLowerCase());
  return { set: new TextSet(names.map((name) => new TextPattern(name, literal(name)))), want: true };
}

function like(form: string): Membership {
  const pattern = arnPattern(form, { variables: false, settled: new Map() });
  return { set: new TextSet(pattern === undefined ? [] : [pattern]), want: true };
}

const familiar = [
  'ivs:GetChannel',
  'kinesisvideo:DescribeStream',
  'iam:GetUser',
  's3:GetObject',
  'ec2:DescribeInstances',
];
const unfinished: Membership = { set: new TextSet([new TextPattern('*/', glob('*/'))]), want: false };

const generalForms: readonly (readonly Membership[])[] = [
  ...[`*:us-east-1:${account}`, '*:us-east-1:', `*::${account}`, '*::'].map((head) => [
    like(`arn:aws:${head}:?*`),
    unfinished,
  ]),
  [like('arn:?*:?*:*:*:?*'), unfinished],
  [like('arn:?*:?*:*:*:?*')],
];

/** Forms of ARNs from the one that reads best to any that is not odd. */
function arnForms(vendor: string): (readonly Membership[])[] {
  return [[like(`arn:aws:${vendor}:us-east-1:${account}:?*`), unfinished], ...generalForms];
}

function literalsOn(state: State, dimension: NameAtom['dimension']): Literal<NameAtom>[] {
  return state.get(dimension)?.literals.filter(isName) ?? [];
}

function everyPart({ apply, spare }: Question): Part[] {
  return [...apply, ...spare];
}

function writtenActions(parts: readonly Part[]): string[] {
  return parts.flatMap(({ statement }) => statement.actions.map(({ written }) => written));
}

/** An action the policies name or a well-known one if such will do; else the shortest. */
function actionFor(state: State, question: Question, fallback: string): string {
  const literals = literalsOn(state, 'action');
  const named = writtenActions(everyPart(question)).filter((written) => !/[*?]/.test(written));
  for (const names of [named, familiar]) {
    const found = findAction(literals, newBudget(20_000), oneOf(names));
    if (typeof found === 'object') return names.find((name) => name.toLowerCase() === found.found) ?? found.found;
  }
  return inCaseOf(writtenActions(question.apply), fallback);
}

/** The action with its letters as a pattern that begins alike has them. */
function inCaseOf(patterns: readonly string[], action: string): string {
  const shared = patterns.map((pattern) => pattern.slice(0, sharedLength(pattern.toLowerCase(), action)));
  const longest = shared.reduce((best, each) => (each.length > best.length ? each : best), '');
  return longest + action.slice(longest.length);
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function resourceFor(state: State, vendor: string, fallback: string): string {
  if (fallback === '*') return fallback;
  const literals = literalsOn(state, 'resource');
  for (const form of arnForms(vendor)) {
    const found = findArn(literals, newBudget(20_000), form);
    if (typeof found === 'object') return found.found;
  }
  return fallback;
}

/** Names of the keys as the policies write them. */
function keyNames(parts: readonly Part[]): Map<string, string> {
  const clauses = parts.flatMap(({ statement }) => statement.clauses);
  return new Map(clauses.map(({ key, source }) => [key, source.key]));
}

function entriesFor(problem: Problem, state: State, question: Question, settled: Settled): [string, ContextValue][] {
  const entries: [string, ContextValue][] = [];
  const names = keyNames(everyPart(question));
  for (const key of new Set([...names.keys(), ...settled.keys()])) {
    const value = valueFor(problem, state, question, settled, key);
    if (value !== undefined) entries.push([names.get(key) ?? key, value]);
  }
  return entries;
}

function valueFor(
  problem: Problem,
  state: State,
  question: Question,
  settled: Settled,
  key: string,
): ContextValue | undefined {
  if (settled.has(key)) return settled.get(key);
  if (state.has(`key ${key}`)) return problem.holdingIn(state, key)?.value;
  if (problem.factsOf(key).presence !== 'always') return undefined;
  return constantsFor(key, everyPart(question))[0] ?? 'a';
}

/** A user in the account and partition of the resource: then only identity policies decide. */
function principalFor(resource: string, username: ContextValue | undefined): Principal & { accountId: string } {
  const [, partition = 'aws', , , owner = ''] = resource.split(':');
  const accountId = /^\d{12}$/.test(owner) ? owner : account;
  const name = typeof username === 'string' && /^[\w+=,.@-]{1,64}$/.test(username) ? username : 'someone';
  return { type: 'User', arn: `arn:${partition}:iam::${accountId}:user/${name}`, accountId };
}

/** The request that a solved state describes, filled in so that it reads well. */
export function requestFrom(problem: Problem, state: State, question: Question, settled: Settled): AccessRequest {
  const action = actionFor(state, question, problem.nameIn(state, 'action') ?? 'a:a');
  const vendor = action.slice(0, action.indexOf(':')).toLowerCase();
  const resource = resourceFor(state, vendor, problem.nameIn(state, 'resource') ?? 'arn:aws:a:::a');
  const context = createContext(entriesFor(problem, state, question, settled));
  const principal = principalFor(resource, context.get('aws:username'));
  return { principal, action, resource, resourceAccount: principal.accountId, context };
}
