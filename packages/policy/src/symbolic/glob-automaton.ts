import { colon, consumes, end, folded, isRun, oneWithin, run, runWithin, spellings } from './tokens.ts';
import type { Glob, Token } from './tokens.ts';

/** One state of the determined automaton: where in the glob a text read so far may stand. */
interface State {
  readonly positions: readonly number[];
  /** The text read so far matches. */
  readonly accepting: boolean;
  /** Whatever follows, the text matches. */
  readonly universal: boolean;
  /** Whatever follows, the text does not match. */
  readonly dead: boolean;
  /** Code units that lead elsewhere than other code units do. */
  readonly symbols: readonly number[];
  /** Some wildcard waits here, so that a code unit outside of `symbols` may be read. */
  readonly open: boolean;
  readonly next: Map<number, number>;
}

/**
 * A glob as a deterministic automaton, built as far as it is walked. States are numbers. A star makes all earlier
 * positions superfluous (what they could still match, it can), so a glob without `?` has about as many states as
 * characters.
 */
export class GlobAutomaton {
  readonly #tokens: readonly Token[];
  readonly #states: State[] = [];
  readonly #known = new Map<string, number>();

  constructor(glob: Glob) {
    this.#tokens = [...glob, end];
  }

  state(id: number): State {
    return this.#states[id]!;
  }

  /** The state after reading a text whose first `literal` code units are those the glob begins with. */
  after(text: string, literal: number): number {
    let id = this.#intern(this.#useful(this.#withClosure([], Math.min(literal, text.length))));
    for (let i = literal; i < text.length; i++) id = this.step(id, text.charCodeAt(i));
    return id;
  }

  /** The state after reading a code unit in state `id`. */
  step(id: number, unit: number): number {
    const from = this.state(id);
    const known = from.next.get(unit);
    if (known !== undefined) return known;
    const to = this.#intern(this.#read(from.positions, unit));
    from.next.set(unit, to);
    return to;
  }

  /** Whether the whole text matches. */
  matches(text: string): boolean {
    return this.state(this.after(text, 0)).accepting;
  }

  #read(positions: readonly number[], unit: number): readonly number[] {
    const reached: number[] = [];
    for (const position of positions) {
      const token = this.#tokens[position]!;
      if (consumes(token, unit)) this.#withClosure(reached, isRun(token) ? position : position + 1);
    }
    return this.#useful(reached);
  }

  /** Adds a position, and with a star the one behind it, for a star may match nothing. Keeps the list ascending. */
  #withClosure(ascending: number[], position: number): number[] {
    for (let at = position; ; at++) {
      if (at > (ascending.at(-1) ?? -1)) ascending.push(at);
      if (!isRun(this.#tokens[at]!)) return ascending;
    }
  }

  #useful(ascending: readonly number[]): readonly number[] {
    const last = ascending.findLastIndex((position) => isRun(this.#tokens[position]!));
    return last > 0 ? ascending.slice(last) : ascending;
  }

  #intern(positions: readonly number[]): number {
    const key = positions.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.#states.push(this.#describe(positions)) - 1;
    this.#known.set(key, id);
    return id;
  }

  #describe(positions: readonly number[]): State {
    const tokens = positions.map((position) => this.#tokens[position]!);
    const [first = end] = tokens;
    return {
      positions,
      accepting: tokens.includes(end),
      universal: first === run && this.#tokens[positions[0]! + 1] === end,
      dead: positions.length === 0,
      symbols: tokens.length === 1 ? symbolsOf(first) : [...new Set(tokens.flatMap(symbolsOf))],
      open: tokens.some((token) => token < 0 && token !== end),
      next: new Map(),
    };
  }
}

function symbolsOf(token: Token): number[] {
  if (token >= folded) return spellings(token - folded);
  if (token >= 0) return [token];
  return token === oneWithin || token === runWithin ? [colon] : [];
}
