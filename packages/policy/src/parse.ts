/** The one door from text to a policy: it takes whatever AWS can have stored and says where it cannot. */

import { type JsonMember, type JsonObject, type JsonValue, memberOf, pointer, readJson } from './json.ts';
import { operatorNamed } from './operator-names.ts';
import { PlacedStatement } from './placed-statement.ts';
import { Locator } from './position.ts';
import { shared } from './shared-text.ts';
import type {
  ConditionClause,
  Effect,
  Match,
  Policy,
  PolicyVersion,
  Position,
  PrincipalPattern,
  PrincipalType,
  Statement,
} from './statement.ts';

export type ProblemCode =
  | 'too-large'
  | 'too-deep'
  | 'syntax'
  | 'duplicate-key'
  | 'wrong-type'
  | 'unknown-element'
  | 'missing-element'
  | 'conflicting-elements'
  | 'invalid-value'
  /** A right word in the wrong case (`allow`). */
  | 'wrong-case'
  | 'empty-list';

export interface Problem {
  readonly code: ProblemCode;
  /** One lower-case sentence. */
  readonly message: string;
  /** JSON pointer to the place. */
  readonly at: string;
  readonly position: Position;
  /** The element of a statement, or of the document, that the place lies in. */
  readonly element?: string;
  /** The element that is unknown or missing, or the value that is refused, where one word tells. */
  readonly subject?: string;
}

export type ParseResult =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A JSON text with its tree: what both the parser and the write-time validators read. */
export interface SourceDocument {
  readonly text: string;
  readonly root: JsonValue;
  readonly locator: Locator;
}

/** The most problems reported for one document. */
export const maxProblems = 100;

/**
 * Parses a policy document of any kind (identity, resource-based, trust, session, control policies).
 *
 * Lenient where AWS is lenient at evaluation (operator names in any case, unknown operators, absent Version,
 * numbers and booleans in conditions, `null` in resource lists); which documents may be *written* is for
 * `validatePolicy` to say. The policy is frozen throughout. Never throws; time is linear in the text.
 */
export function parsePolicy(text: string): ParseResult {
  const read = readDocument(text);
  return read.ok ? policyOf(read.document) : read;
}

/** Reads the JSON text alone, so that validators and the parser can share one tree. */
export function readDocument(
  text: string,
):
  | { readonly ok: true; readonly document: SourceDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const locator = new Locator(text);
  const read = readJson(text);
  if (read.ok) return { ok: true, document: { text, root: read.value, locator } };
  const { code, message, at, offset } = read.problem;
  return { ok: false, problems: [{ code, message, at, position: locator.at(offset) }] };
}

/** Builds the policy from a tree that was read before, reporting at most `limit` problems. */
export function policyOf(document: SourceDocument, limit = maxProblems): ParseResult {
  const builder = new PolicyBuilder(document.locator, limit);
  const policy = builder.policy(document.root);
  return policy === undefined || builder.problems.length > 0
    ? { ok: false, problems: builder.problems }
    : { ok: true, policy };
}

const policyElements: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);
const statementElements: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);
const effects: readonly Effect[] = ['Allow', 'Deny'];
const versions: readonly PolicyVersion[] = ['2012-10-17', '2008-10-17'];
const principalTypes: readonly PrincipalType[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

const everyone: Match<PrincipalPattern>['patterns'] = Object.freeze([Object.freeze({ type: '*', value: '*' })]);
const noConditions: readonly ConditionClause[] = Object.freeze([]);

/** A place in the document; written out as a JSON pointer, once, only when a problem is reported in it. */
class Place {
  private readonly parent: Place | undefined;
  private readonly step: string | number;
  private written: string | undefined;

  constructor(parent: Place | undefined, step: string | number) {
    this.parent = parent;
    this.step = step;
  }

  /** The element it lies in: the first name below a statement, or below the document. */
  get element(): string | undefined {
    if (typeof this.step === 'string' && (this.parent === undefined || this.parent.isStatement)) return this.step;
    return this.parent?.element;
  }

  private get isStatement(): boolean {
    if (typeof this.step === 'number') return this.parent?.parent === undefined;
    return this.parent === undefined && this.step === 'Statement';
  }

  get pointer(): string {
    this.written ??= pointer(this.parent?.pointer ?? '', this.step);
    return this.written;
  }
}

function within(parent: Place | undefined, step: string | number): Place {
  return new Place(parent, step);
}

class PolicyBuilder {
  readonly problems: Problem[] = [];
  private readonly locator: Locator;
  private readonly limit: number;

  constructor(locator: Locator, limit: number) {
    this.locator = locator;
    this.limit = limit;
  }

  private report(
    code: ProblemCode,
    message: string,
    at: Place | undefined,
    offset: number,
    subject?: string,
  ): undefined {
    if (this.problems.length < this.limit) {
      const element = at?.element;
      this.problems.push({
        code,
        message,
        at: at?.pointer ?? '',
        position: this.locator.at(offset),
        ...(element !== undefined && { element }),
        ...(subject !== undefined && { subject }),
      });
    }
    return undefined;
  }

  policy(root: JsonValue): Policy | undefined {
    if (root.kind !== 'object') return this.report('wrong-type', 'a policy is a JSON object', undefined, root.start);
    this.checkElements(root, policyElements, undefined);
    const version = this.oneOf(memberOf(root, 'Version'), versions, within(undefined, 'Version'));
    const id = this.text(memberOf(root, 'Id'), within(undefined, 'Id'));
    const statements = this.statements(root, memberOf(root, 'Statement'));
    return Object.freeze({ version: version ?? '2008-10-17', id, statements: Object.freeze(statements) });
  }

  /** Reports the members that are no elements. */
  private checkElements(object: JsonObject, known: ReadonlySet<string>, at: Place | undefined): void {
    for (const { key, keyStart } of object.members) {
      if (known.has(key)) continue;
      this.report('unknown-element', `\`${key}\` is not a known element`, within(at, key), keyStart, key);
    }
  }

  private text(value: JsonValue | undefined, at: Place | undefined): string | undefined {
    if (value === undefined || value.kind === 'string') return value?.value;
    return this.report('wrong-type', `expected a string, found ${article(value)}`, at, value.start);
  }

  private oneOf<T extends string>(
    value: JsonValue | undefined,
    allowed: readonly T[],
    at: Place | undefined,
  ): T | undefined {
    const text = this.text(value, at);
    if (value === undefined || text === undefined) return undefined;
    const found = allowed.find((one) => one === text);
    if (found !== undefined) return found;
    const code = allowed.some((one) => one.toLowerCase() === text.toLowerCase()) ? 'wrong-case' : 'invalid-value';
    return this.report(code, `\`${text}\` is not one of ${allowed.join(', ')}`, at, value.start, text);
  }

  private statements(root: JsonObject, value: JsonValue | undefined): readonly Statement[] {
    const at = within(undefined, 'Statement');
    if (value === undefined)
      this.report('missing-element', 'a policy needs a Statement', undefined, root.start, 'Statement');
    if (value?.kind === 'array' && value.items.length === 0) {
      this.report('empty-list', 'a policy needs at least one statement', at, value.start);
    }
    if (value?.kind !== 'array') return this.kept(value === undefined ? [] : [this.statement(value, 0, at)]);
    return this.kept(value.items.map((item, index) => this.statement(item, index, within(at, index))));
  }

  private kept(statements: readonly (Statement | undefined)[]): readonly Statement[] {
    return statements.every((statement) => statement !== undefined)
      ? statements
      : statements.filter((statement) => statement !== undefined);
  }

  private statement(value: JsonValue, index: number, at: Place | undefined): Statement | undefined {
    if (value.kind !== 'object') {
      return this.report('wrong-type', `a statement is an object, not ${article(value)}`, at, value.start);
    }
    this.checkElements(value, statementElements, at);
    const effect = this.effect(value, at);
    const action = this.action(value, at);
    const sid = this.text(memberOf(value, 'Sid'), within(at, 'Sid'));
    const principal = this.principal(value, at);
    const resource = this.resource(value, at);
    const conditions = this.conditions(memberOf(value, 'Condition'), within(at, 'Condition'));
    if (effect === undefined || action === undefined) return undefined;
    const parts = { index, sid, effect, principal, action, resource, conditions };
    return Object.freeze(new PlacedStatement(parts, this.locator, value.start, value.end));
  }

  private effect(statement: JsonObject, at: Place | undefined): Effect | undefined {
    const value = memberOf(statement, 'Effect');
    if (value === undefined)
      return this.report('missing-element', 'a statement needs an Effect', at, statement.start, 'Effect');
    return this.oneOf(value, effects, within(at, 'Effect'));
  }

  /** The one of an element and its Not-form that is present, and under which name. */
  private choice(statement: JsonObject, name: string, at: Place | undefined) {
    const only = memberOf(statement, name);
    const allBut = memberOf(statement, `Not${name}`);
    if (only !== undefined && allBut !== undefined) {
      return this.report(
        'conflicting-elements',
        `a statement holds ${name} or Not${name}, not both`,
        at,
        statement.start,
      );
    }
    if (only !== undefined) return { value: only, mode: 'only', at: within(at, name) } as const;
    return allBut && ({ value: allBut, mode: 'allBut', at: within(at, `Not${name}`) } as const);
  }

  private action(statement: JsonObject, at: Place | undefined): Match<string> | undefined {
    const chosen = this.choice(statement, 'Action', at);
    if (chosen === undefined) {
      if (memberOf(statement, 'Action') !== undefined) return undefined;
      return this.report('missing-element', 'a statement needs Action or NotAction', at, statement.start, 'Action');
    }
    const patterns = Object.freeze(this.strings(chosen.value, chosen.at, false).map(shared));
    return Object.freeze({ mode: chosen.mode, patterns: this.filled(patterns, chosen.value, chosen.at) });
  }

  private resource(statement: JsonObject, at: Place | undefined): Match<string> | undefined {
    const chosen = this.choice(statement, 'Resource', at);
    if (chosen === undefined) return undefined;
    const patterns = this.strings(chosen.value, chosen.at, true);
    // `Resource: [null]` can be stored and names nothing; `NotResource: [null]` would name everything.
    const onlyNulls = chosen.mode === 'only' && chosen.value.kind === 'array' && chosen.value.items.length > 0;
    return Object.freeze({
      mode: chosen.mode,
      patterns: onlyNulls ? patterns : this.filled(patterns, chosen.value, chosen.at),
    });
  }

  private filled<P>(patterns: readonly P[], value: JsonValue, at: Place | undefined): readonly P[] {
    if (isBlank(value)) this.report('empty-list', 'this list may not be empty', at, value.start);
    return patterns;
  }

  /** A string or a list of strings, as a frozen list; `null` members are passed over where that is allowed. */
  private strings(value: JsonValue, at: Place | undefined, nulls: boolean): readonly string[] {
    if (value.kind === 'string') return Object.freeze([value.value]);
    const found: string[] = [];
    if (value.kind !== 'array')
      this.report('wrong-type', `expected a string, found ${article(value)}`, at, value.start);
    else value.items.forEach((item, index) => this.item(item, index, at, nulls, found));
    return Object.freeze(found.slice());
  }

  private item(item: JsonValue, index: number, at: Place | undefined, nulls: boolean, found: string[]): void {
    if (item.kind === 'string') found.push(item.value);
    else if (!(nulls && item.kind === 'null')) {
      const place = within(at, index);
      this.report('wrong-type', `expected a string, found ${article(item)}`, place, item.start);
    }
  }

  private principal(statement: JsonObject, at: Place | undefined): Match<PrincipalPattern> | undefined {
    const chosen = this.choice(statement, 'Principal', at);
    if (chosen === undefined) return undefined;
    return Object.freeze({ mode: chosen.mode, patterns: this.principals(chosen.value, chosen.at) });
  }

  private principals(value: JsonValue, at: Place | undefined): readonly PrincipalPattern[] {
    if (value.kind === 'string' && value.value === '*') return everyone;
    if (value.kind !== 'object') {
      this.report('invalid-value', 'a principal is `"*"` or an object such as {"AWS": "…"}', at, value.start);
      return [];
    }
    const patterns = value.members.flatMap((member) => this.principalsOf(member, within(at, member.key)));
    return Object.freeze([...this.filled(patterns, value, at)]);
  }

  private principalsOf({ key, keyStart, value }: JsonMember, at: Place | undefined): PrincipalPattern[] {
    const type = principalTypes.find((one) => one === key);
    if (type === undefined) {
      this.report('invalid-value', `\`${key}\` is not one of ${principalTypes.join(', ')}`, at, keyStart);
      return [];
    }
    const values = this.filled(this.strings(value, at, false), value, at);
    return values.map((text) => Object.freeze({ type, value: text }));
  }

  private conditions(value: JsonValue | undefined, at: Place | undefined): readonly ConditionClause[] {
    if (value === undefined) return noConditions;
    const blocks = this.object(value, at);
    const clauses = blocks.flatMap((block) => this.clauses(block, within(at, block.key)));
    return Object.freeze(clauses.slice());
  }

  private object(value: JsonValue, at: Place | undefined): readonly JsonMember[] {
    if (value.kind === 'object') return value.members;
    this.report('wrong-type', `expected an object, found ${article(value)}`, at, value.start);
    return [];
  }

  private clauses(block: JsonMember, at: Place | undefined): ConditionClause[] {
    const { operator, quantifier, ifExists = false } = operatorNamed(block.key) ?? {};
    return this.object(block.value, at).map(({ key, value }) =>
      Object.freeze({
        written: shared(block.key),
        operator,
        quantifier,
        ifExists,
        key: shared(key),
        values: this.operands(value, within(at, key)),
      }),
    );
  }

  private operands(value: JsonValue, at: Place | undefined): readonly string[] {
    if (value.kind !== 'array') return Object.freeze(this.operand(value, at));
    return Object.freeze(value.items.flatMap((item, index) => this.operand(item, within(at, index))).slice());
  }

  private operand(value: JsonValue, at: Place | undefined): string[] {
    if (value.kind === 'string') return [value.value];
    if (value.kind === 'number' || value.kind === 'boolean') return [value.text];
    this.report('wrong-type', `expected a string, a number or a boolean, found ${article(value)}`, at, value.start);
    return [];
  }
}

const articles: Record<JsonValue['kind'], string> = {
  object: 'an object',
  array: 'a list',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
};

/** Empty as written; a list of nulls is as good as empty where nulls are allowed, and refused where not. */
function isBlank(value: JsonValue): boolean {
  if (value.kind === 'object') return value.members.length === 0;
  return value.kind === 'array' && value.items.every((item) => item.kind === 'null');
}

function article(value: JsonValue): string {
  return articles[value.kind];
}
