import { colon, consumes, end, folded, isRun, oneWithin, run, runWithin, spellings } from './tokens.ts';
import type { Glob, Token } from './tokens.ts';

/** One state of the determined automaton: where in the globs a text read so far may stand. */
interface State {
  readonly positions: readonly number[];
  /** The text read so far is matched by one of the globs. */
  readonly accepting: boolean;
  /** Whatever follows, the text is matched. */
  readonly universal: boolean;
  /** Whatever follows, the text is not matched. */
  readonly dead: boolean;
  /** Code units that lead elsewhere than other code units do. */
  readonly symbols: readonly number[];
  /** Some wildcard waits here, so that a code unit outside of `symbols` may be read. */
  readonly open: boolean;
  readonly next: Map<number, number>;
}

/**
 * The union of some globs as a deterministic automaton, built as far as it is walked. States are numbers.
 * `*` makes all earlier positions of its glob superfluous (what they could still match, it can), so globs
 * without `?` have as many states as characters.
 */
export class GlobSet {
  readonly start: number;
  readonly #tokens: Token[] = [];
  /** For each position, the number of its glob. */
  readonly #owner: number[] = [];
  readonly #states: State[] = [];
  readonly #known = new Map<string, number>();

  constructor(globs: readonly Glob[]) {
    const starts: number[] = [];
    for (const [owner, each] of globs.entries()) {
      starts.push(this.#tokens.length);
      for (const token of [...each, end]) {
        this.#tokens.push(token);
        this.#owner.push(owner);
      }
    }
    this.start = this.#intern(starts);
  }

  state(id: number): State {
    return this.#states[id] as State;
  }

  /** The state after reading `unit` in state `id`. */
  step(id: number, unit: number): number {
    const from = this.state(id);
    const known = from.next.get(unit);
    if (known !== undefined) return known;
    const to = this.#intern(this.#read(from, unit));
    from.next.set(unit, to);
    return to;
  }

  /** Whether one of the globs matches the whole text. */
  matches(text: string): boolean {
    let state = this.start;
    for (let i = 0; i < text.length; i++) state = this.step(state, text.charCodeAt(i));
    return this.state(state).accepting;
  }

  #read(from: State, unit: number): number[] {
    const reached: number[] = [];
    for (const position of from.positions) {
      const token = this.#tokens[position] as Token;
      if (consumes(token, unit)) reached.push(isRun(token) ? position : position + 1);
    }
    return reached;
  }

  #intern(positions: readonly number[]): number {
    const closed = this.#withoutSuperfluous(this.#closure(positions));
    const key = closed.join(',');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.#states.push(this.#describe(closed)) - 1;
    this.#known.set(key, id);
    return id;
  }

  /** With each `*` the position behind it, for it may match nothing. Ascending, without repetition. */
  #closure(positions: readonly number[]): number[] {
    const all = new Set(positions);
    for (let position of positions) {
      while (isRun(this.#tokens[position] as Token)) all.add(++position);
    }
    return [...all].sort((a, b) => a - b);
  }

  #withoutSuperfluous(ascending: readonly number[]): number[] {
    const kept: number[] = [];
    let passedRunOf = -1;
    for (let i = ascending.length - 1; i >= 0; i--) {
      const position = ascending[i] as number;
      const owner = this.#owner[position] as number;
      if (owner === passedRunOf) continue;
      kept.push(position);
      if (isRun(this.#tokens[position] as Token)) passedRunOf = owner;
    }
    return kept.reverse();
  }

  #describe(positions: readonly number[]): State {
    const tokens = positions.map((position) => this.#tokens[position] as Token);
    return {
      positions,
      accepting: tokens.includes(end),
      universal: positions.some((at) => this.#tokens[at] === run && this.#tokens[at + 1] === end),
      dead: positions.length === 0,
      symbols: [...new Set(tokens.flatMap(symbolsOf))],
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
