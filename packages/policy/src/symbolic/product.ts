import { effortPerQuestion } from './budget.ts';
import type { Budget, Search } from './budget.ts';
import type { GlobAutomaton } from './glob-automaton.ts';

/** A glob that the text must match (`want`) or must not match, in the state that what is fixed of the text leads to. */
export interface Demand {
  readonly automaton: GlobAutomaton;
  readonly start: number;
  readonly want: boolean;
}

/** A state of the product: one state per demand, or `settled` once the rest of the text cannot matter to it. */
interface Node {
  readonly states: readonly number[];
  readonly before: Node | undefined;
  /** What was read since `before`. */
  readonly text: string;
}

const settled = -1;

/**
 * Finds a shortest continuation of the text that meets all demands, by walking the product of their automata breadth first.
 * Only code units that some demand distinguishes are tried, and one that none does.
 */
export function findText(demands: readonly Demand[], budget: Budget): Search<string> {
  const first = settle(
    demands,
    demands.map(({ start }) => start),
  );
  if (first === undefined) return 'none';
  const queue: Node[] = [{ states: first, before: undefined, text: '' }];
  const seen = new Set([keyOf(first)]);
  let left = effortPerQuestion;
  for (let i = 0; i < queue.length; i++) {
    const node = forward(demands, queue[i]!);
    if (node === undefined) continue;
    if (accepts(demands, node.states)) return { found: textOf(node) };
    const effort = effortOf(demands, node.states);
    left -= effort;
    budget.effort -= effort;
    if (left < 0 || budget.effort < 0) {
      budget.gaveUp = true;
      return 'limit';
    }
    expand(demands, node, queue, seen);
  }
  return 'none';
}

/** What it takes to go on from a product state: about as much as there are places in the globs to go on from. */
function effortOf(demands: readonly Demand[], states: readonly number[]): number {
  let effort = 1;
  for (let i = 0; i < states.length; i++) {
    const state = states[i]!;
    if (state !== settled) effort += demands[i]!.automaton.state(state).positions.length;
  }
  return effort;
}

/** Distinct for distinct states of the same demands. */
function keyOf(states: readonly number[]): string | number {
  if (states.length > 3) return states.join();
  let key = 0;
  for (const state of states) key = key * 65_536 + state + 1;
  return key;
}

function expand(demands: readonly Demand[], node: Node, queue: Node[], seen: Set<string | number>): void {
  for (const unit of choices(demands, node.states)) {
    const states = advance(demands, node.states, unit);
    if (states === undefined) continue;
    const key = keyOf(states);
    if (seen.has(key)) continue;
    seen.add(key);
    queue.push({ states, before: node, text: String.fromCharCode(unit) });
  }
}

/** Follows the text as long as only one code unit can come next and the text cannot end; most of an ARN is such. */
function forward(demands: readonly Demand[], node: Node): Node | undefined {
  let { states } = node;
  let text = '';
  for (;;) {
    const only = forced(demands, states);
    if (only === undefined || accepts(demands, states)) break;
    const next = advance(demands, states, only);
    if (next === undefined) return undefined;
    states = next;
    text += String.fromCharCode(only);
  }
  return text === '' ? node : { states, before: node, text };
}

function forced(demands: readonly Demand[], states: readonly number[]): number | undefined {
  for (let i = 0; i < demands.length; i++) {
    const { automaton, want } = demands[i]!;
    if (!want || states[i] === settled) continue;
    const state = automaton.state(states[i]!);
    if (!state.open && state.symbols.length === 1) return state.symbols[0];
  }
  return undefined;
}

function accepts(demands: readonly Demand[], states: readonly number[]): boolean {
  return demands.every(
    ({ automaton, want }, i) => states[i] === settled || automaton.state(states[i]!).accepting === want,
  );
}

function advance(demands: readonly Demand[], states: readonly number[], unit: number): number[] | undefined {
  const next: number[] = [];
  for (let i = 0; i < states.length; i++) {
    const state = states[i]!;
    next.push(state === settled ? settled : demands[i]!.automaton.step(state, unit));
  }
  return settle(demands, next);
}

/** Marks demands that are met for good; `undefined` when one can no longer be met. */
function settle(demands: readonly Demand[], states: number[]): number[] | undefined {
  for (let i = 0; i < states.length; i++) {
    if (states[i] === settled) continue;
    const { automaton, want } = demands[i]!;
    const { dead, universal } = automaton.state(states[i]!);
    if (want ? dead : universal) return undefined;
    if (want ? universal : dead) states[i] = settled;
  }
  return states;
}

/** The code units worth trying: those of a demand that takes no other, else all that are told apart and one more. */
function choices(demands: readonly Demand[], states: readonly number[]): Iterable<number> {
  const wanted = new Set<number>();
  const others = new Set<number>();
  for (let i = 0; i < demands.length; i++) {
    if (states[i] === settled) continue;
    const { automaton, want } = demands[i]!;
    const state = automaton.state(states[i]!);
    if (want && !state.open) return state.symbols;
    for (const symbol of state.symbols) (want ? wanted : others).add(symbol);
  }
  return new Set([...wanted, otherThan(wanted, others), ...others]);
}

const preferred = Array.from('abcdefghijklmnopqrstuvwxyz0123456789', (character) => character.charCodeAt(0));

/** A code unit that is in neither set: a letter or digit where there is one left. */
function otherThan(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const free = (unit: number): boolean => !a.has(unit) && !b.has(unit) && unit !== 58;
  const letter = preferred.find(free);
  if (letter !== undefined) return letter;
  let unit = 0xa1;
  while (!free(unit)) unit++;
  return unit;
}

function textOf(node: Node): string {
  const parts: string[] = [];
  for (let at: Node | undefined = node; at !== undefined; at = at.before) parts.push(at.text);
  return parts.toReversed().join('');
}
