import type { AccessRequest } from '../request.ts';
import { isSpent } from './budget.ts';
import type { Budget, Search } from './budget.ts';
import { Problem } from './problem.ts';
import type { Assumptions, Question } from './problem.ts';
import type { State } from './search.ts';
import { assignments, captures, constantsFor, keysIn, occurrencesIn } from './variables.ts';
import type { Occurrence } from './variables.ts';
import { requestFrom } from './witness.ts';
import type { Settled } from './world.ts';

const nothingSettled: Settled = new Map();
/** Ways to give variables a value that are tried for one question. */
const mostAssignments = 128;

/** Questions of one comparison: they share atoms, automata and the budget. */
export class Inquiry {
  readonly #assumptions: Assumptions;
  readonly #budget: Budget;
  readonly #confirm: (request: AccessRequest) => boolean;
  readonly #open: Problem;
  /** Some question failed because of policy variables. */
  hungOnVariables = false;

  constructor(assumptions: Assumptions, budget: Budget, confirm: (request: AccessRequest) => boolean) {
    this.#assumptions = assumptions;
    this.#budget = budget;
    this.#confirm = confirm;
    this.#open = new Problem(assumptions, budget);
  }

  /**
   * A request that answers the question and that the evaluator confirms. With variables left open `none` is a
   * proof already; a find is not, so values are tried for them.
   */
  find(question: Question): Search<AccessRequest> {
    const result = this.#open.solve(question);
    if (typeof result !== 'object') return result;
    const occurrences = occurrencesIn([...question.apply, ...question.spare]);
    if (occurrences.length === 0) return this.#confirmed(this.#open, result.found, question, nothingSettled);
    const found = this.#withValues(question, result.found, occurrences);
    this.hungOnVariables ||= found === 'limit';
    return found;
  }

  #confirmed(problem: Problem, state: State, question: Question, settled: Settled): Search<AccessRequest> {
    const request = requestFrom(problem, state, question, settled);
    return this.#confirm(request) ? { found: request } : 'limit';
  }

  #withValues(question: Question, state: State, occurrences: readonly Occurrence[]): Search<AccessRequest> {
    const keys = new Set(occurrences.flatMap(({ written }) => keysIn(written)));
    const choices = new Map([...keys].map((key) => [key, this.#choices(key, question, state, occurrences)]));
    for (const settled of assignments(choices, mostAssignments)) {
      if (isSpent(this.#budget)) break;
      const problem = new Problem(this.#assumptions, this.#budget, settled);
      const result = problem.solve(question);
      if (typeof result !== 'object') continue;
      const confirmed = this.#confirmed(problem, result.found, question, settled);
      if (typeof confirmed === 'object') return confirmed;
    }
    return 'limit';
  }

  /** Values worth trying for a variable: what the open solution suggests, what policies name, and a stranger. */
  #choices(key: string, question: Question, state: State, occurrences: readonly Occurrence[]): (string | undefined)[] {
    const own = this.#textIn(state, `key ${key}`);
    const suggested = occurrences.flatMap(({ written, against }) => {
      const subject = this.#textIn(state, against);
      return subject === undefined ? [] : captures(written, key, subject);
    });
    const constants = constantsFor(key, [...question.apply, ...question.spare]);
    const present = [...(own === undefined ? [] : [own]), ...suggested, 'someone', ...constants];
    const absent = this.#open.factsOf(key).presence === 'always' ? [] : [undefined];
    return [...new Set([...present, ...absent])];
  }

  #textIn(state: State, against: Occurrence['against']): string | undefined {
    if (against === 'resource') return this.#open.nameIn(state, 'resource');
    const value = this.#open.holdingIn(state, against.slice('key '.length))?.value;
    return typeof value === 'string' ? value : undefined;
  }
}
