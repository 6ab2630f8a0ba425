import { init } from 'z3-solver';
import type { Arith, BitVec, Bool, Context, Re, Seq } from 'z3-solver';
import type { AccessRequest, ContextValue } from '../../src/request.ts';
import type { ConditionClause, Match, Policy, Statement } from '../../src/statement.ts';

/**
 * The comparison of two policies as one formula for z3: written from the specification, sharing nothing with the
 * engine. Keys hold one value or none.
 */

type Z3 = Context;
type Formula = Bool;
type Regex = Re;

/** The value of one key, in the form its operators look at. */
interface KeyVariables {
  readonly present: Formula;
  readonly text: Seq;
  readonly readable: Formula;
  readonly number: Arith;
  readonly version: Arith;
  readonly address: BitVec<128>;
  readonly bytes: Arith;
}

export type OracleAnswer = 'subset' | 'not-subset' | 'unknown';

export class Oracle {
  readonly #z3: Z3;
  readonly #action: Seq;
  readonly #resource: Seq;
  readonly #character: Regex;
  readonly #noColon: Regex;

  constructor(z3: Z3) {
    this.#z3 = z3;
    this.#action = z3.String.const('action');
    this.#resource = z3.String.const('resource');
    this.#character = z3.AllChar(z3.Re.sort(z3.String.sort()));
    this.#noColon = z3.Union(z3.Range(' ', '9'), z3.Range(';', '~'));
  }

  /**
   * Whether `a` allows nothing that `b` does not; `unknown` after `milliseconds`. z3 seldom finds a request by itself, so one may
   * be handed to it: then the question is whether this one is allowed by `a` and not by `b`.
   */
  async compare(a: Policy, b: Policy, milliseconds: number, request?: AccessRequest): Promise<OracleAnswer> {
    const solver = new this.#z3.Solver();
    solver.set('timeout', milliseconds);
    solver.add(this.#isAction(), this.#isResource(), this.#allows(a), this.#z3.Not(this.#allows(b)));
    if (request !== undefined) solver.add(...this.#isRequest(request, keysOf([a, b])));
    const answer = await solver.check();
    solver.release();
    if (answer === 'unknown') return 'unknown';
    return answer === 'sat' ? 'not-subset' : 'subset';
  }

  #isRequest({ action, resource, context }: AccessRequest, keys: readonly string[]): Formula[] {
    const values = keys.flatMap((key) => this.#isValue(this.#key(key), context.get(key.toLowerCase())));
    return [this.#is(this.#action, action.toLowerCase()), this.#is(this.#resource, resource), ...values];
  }

  #isValue(key: KeyVariables, value: ContextValue | undefined): Formula[] {
    if (typeof value !== 'string') return [this.#z3.Not(key.present)];
    const amount = amountOf(value);
    const version = value.includes(':') ? 6 : 4;
    const address = /^[\d.]+$|^[\da-f]*:[\da-f:]*$/.test(value) ? addressOf(value) : undefined;
    return [
      key.present,
      this.#is(key.text, value),
      amount === undefined ? this.#z3.Not(key.readable) : key.number.eq(this.#z3.Real.val(amount)),
      ...(amount === undefined ? [] : [key.readable]),
      key.version.eq(this.#z3.Int.val(address === undefined ? 0 : version)),
      key.address.eq(this.#z3.BitVec.val(address ?? 0n, 128)),
      key.bytes.eq(codeOf(value)),
    ];
  }

  #isAction(): Formula {
    const shape = this.#sequence([this.#z3.Plus(this.#noColon), this.#exactly(':'), this.#z3.Plus(this.#character)]);
    const always = ['sts:getcalleridentity', 'sts:getsessiontoken'].map((name) =>
      this.#z3.Not(this.#is(this.#action, name)),
    );
    return this.#z3.And(this.#z3.InRe(this.#action, shape), ...always);
  }

  #isResource(): Formula {
    return this.#z3.Or(this.#is(this.#resource, '*'), this.#isArn(this.#resource));
  }

  #is(text: Seq, value: string): Formula {
    return text.eq(this.#z3.String.val(value));
  }

  #isArn(text: Seq): Formula {
    const part = [this.#z3.Star(this.#noColon), this.#exactly(':')];
    return this.#z3.InRe(
      text,
      this.#sequence([this.#exactly('arn:'), ...part, ...part, ...part, ...part, this.#z3.Star(this.#character)]),
    );
  }

  #allows({ statements }: Policy): Formula {
    const of = (effect: Statement['effect']): Formula[] =>
      statements.filter((each) => each.effect === effect).map((each) => this.#applies(each));
    return this.#z3.And(this.#z3.Or(...of('Allow')), this.#z3.Not(this.#z3.Or(...of('Deny'))));
  }

  #applies({ effect, action, resource, conditions }: Statement): Formula {
    return this.#z3.And(
      this.#matches(action, (pattern) => this.#actionMatches(pattern)),
      resource === undefined
        ? this.#z3.Bool.val(true)
        : this.#matches(resource, (pattern) => this.#arnMatches(this.#resource, pattern, true)),
      ...conditions.map((clause) => this.#holds(clause, effect)),
    );
  }

  #matches({ mode, patterns }: Match<string>, one: (pattern: string) => Formula): Formula {
    const any = this.#z3.Or(...patterns.map(one));
    return mode === 'only' ? any : this.#z3.Not(any);
  }

  #actionMatches(pattern: string): Formula {
    if (pattern === '*') return this.#z3.Bool.val(true);
    const [vendor = '', ...name] = pattern.toLowerCase().split(':');
    if (name.length === 0) return this.#z3.Bool.val(false);
    return this.#z3.InRe(
      this.#action,
      this.#sequence([...this.#glob(vendor, this.#noColon), this.#exactly(':'), ...this.#glob(name.join(':'))]),
    );
  }

  #arnMatches(text: Seq, pattern: string, bareStarIsAll: boolean): Formula {
    if (pattern === '*') return bareStarIsAll ? this.#z3.Bool.val(true) : this.#isArn(text);
    const parts = pattern.split(':');
    const tail = parts.splice(5).join(':');
    const short = parts.length < 5 || pattern.split(':').length < 6;
    if (short && !pattern.endsWith('*')) return this.#z3.Bool.val(false);
    while (parts.length < 5) parts.push('*');
    const head = parts.flatMap((part) => [...this.#glob(part, this.#noColon), this.#exactly(':')]);
    return this.#z3.InRe(text, this.#sequence([...head, ...this.#glob(short ? '*' : tail)]));
  }

  #holds(clause: ConditionClause, effect: Statement['effect']): Formula {
    if (clause.operator === undefined) return this.#z3.Bool.val(effect === 'Deny');
    const key = this.#key(clause.key);
    if (clause.operator === 'Null') {
      return this.#z3.Or(...clause.values.map((value) => (value === 'true' ? this.#z3.Not(key.present) : key.present)));
    }
    const isNegated = clause.operator.includes('Not');
    const any = this.#z3.Or(...clause.values.map((value) => this.#passes(clause.operator ?? '', value, key)));
    const absentPasses = isNegated || clause.ifExists;
    return absentPasses
      ? this.#z3.Or(this.#z3.Not(key.present), isNegated ? this.#z3.Not(any) : any)
      : this.#z3.And(key.present, any);
  }

  #passes(operator: string, operand: string, key: KeyVariables): Formula {
    const base = operator.replace('Not', '');
    if (base.startsWith('String')) return this.#textPasses(base, operand, key.text);
    if (base.startsWith('Arn')) return this.#arnMatches(key.text, operand, false);
    if (base === 'Bool' || base === 'BinaryEquals') return key.bytes.eq(codeOf(operand));
    if (base === 'IpAddress') return this.#inBlock(operand, key);
    const amount = amountOf(operand) ?? operand;
    return this.#z3.And(key.readable, this.#ordered(base, key.number, amount));
  }

  #textPasses(base: string, operand: string, text: Seq): Formula {
    if (base === 'StringEquals') return this.#is(text, operand);
    if (base === 'StringLike') return this.#z3.InRe(text, this.#sequence(this.#glob(operand)));
    const letters = Array.from(operand, (letter) => {
      const cases = [letter.toLowerCase(), letter.toUpperCase()].map((each) => this.#exactly(each));
      return this.#z3.Union(...cases);
    });
    return this.#z3.InRe(text, this.#sequence(letters));
  }

  #ordered(base: string, number: Arith, operand: string): Formula {
    const value = this.#z3.Real.val(operand);
    if (base.endsWith('LessThan')) return number.lt(value);
    if (base.endsWith('LessThanEquals')) return number.le(value);
    if (base.endsWith('GreaterThan')) return number.gt(value);
    if (base.endsWith('GreaterThanEquals')) return number.ge(value);
    return number.eq(value);
  }

  #inBlock(block: string, { version, address }: KeyVariables): Formula {
    const [first = '', bits] = block.split('/');
    const four = first.includes('.');
    const size = BigInt(four ? 32 : 128) - BigInt(bits ?? (four ? 32 : 128));
    const shifted = address.lshr(this.#z3.BitVec.val(size, 128));
    return this.#z3.And(version.eq(four ? 4 : 6), shifted.eq(this.#z3.BitVec.val(addressOf(first) >> size, 128)));
  }

  #key(key: string): KeyVariables {
    return {
      present: this.#z3.Bool.const(`${key} present`),
      text: this.#z3.String.const(`${key} text`),
      readable: this.#z3.Bool.const(`${key} readable`),
      number: this.#z3.Real.const(`${key} number`),
      version: this.#z3.Int.const(`${key} version`),
      address: this.#z3.BitVec.const(`${key} address`, 128),
      bytes: this.#z3.Int.const(`${key} bytes`),
    };
  }

  #glob(pattern: string, one: Regex = this.#character): Regex[] {
    return pattern
      .split(/(\*|\?)/)
      .filter((piece) => piece !== '')
      .map((piece) => (piece === '*' ? this.#z3.Star(one) : piece === '?' ? one : this.#exactly(piece)));
  }

  #exactly(text: string): Regex {
    return this.#z3.Re.toRe(text);
  }

  #sequence(parts: readonly Regex[]): Regex {
    const [first, ...rest] = parts;
    return first === undefined || rest.length === 0 ? (first ?? this.#exactly('')) : this.#z3.ReConcat(first, ...rest);
  }
}

/** A number for each of the few operands of Bool and BinaryEquals; others stand for no operand. */
function codeOf(operand: string): number {
  return ['true', 'false', 'Zm9v', 'YmFy'].indexOf(
    operand.length === 4 && operand !== 'true' ? operand : operand.toLowerCase(),
  );
}

function addressOf(text: string): bigint {
  const four = text.includes('.');
  const [front = [], back = []] = text
    .split('::')
    .map((half) => half.split(four ? '.' : ':').filter((part) => part !== ''));
  const zeros = Array<string>(four ? 0 : 8 - front.length - back.length).fill('0');
  const base = four ? 256n : 65_536n;
  return [...front, ...zeros, ...back].reduce((sum, part) => sum * base + BigInt(four ? part : `0x${part}`), 0n);
}

/** A number, or the seconds of a date. */
function amountOf(text: string): string | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) return text;
  return /^[+-]?\d{4,6}-\d\d/.test(text) ? String(Date.parse(text) / 1000) : undefined;
}

function keysOf(policies: readonly Policy[]): string[] {
  const clauses = policies.flatMap(({ statements }) => statements.flatMap(({ conditions }) => conditions));
  return [...new Set(clauses.map(({ key }) => key))];
}

/**
 * z3's binding frees terms when JavaScript collects them, even while a check runs in its thread, and then crashes. Nothing
 * is freed here; each oracle has a z3 of its own and few pairs.
 */
class NeverFrees<T> implements FinalizationRegistry<T> {
  readonly [Symbol.toStringTag] = 'FinalizationRegistry';
  register(): void {}
  unregister(): boolean {
    return false;
  }
}

async function initWithoutFreeing(): Promise<Awaited<ReturnType<typeof init>>> {
  const usual = globalThis.FinalizationRegistry;
  globalThis.FinalizationRegistry = NeverFrees;
  try {
    return await init();
  } finally {
    globalThis.FinalizationRegistry = usual;
  }
}

/** Runs `use` with an oracle, and lets z3 go afterwards. */
export async function withOracle(use: (oracle: Oracle) => Promise<void>): Promise<void> {
  const { Context, em } = await initWithoutFreeing();
  try {
    await use(new Oracle(Context('main')));
  } finally {
    const threads: { terminateAllThreads(): void } | undefined = em.PThread;
    threads?.terminateAllThreads();
  }
}
