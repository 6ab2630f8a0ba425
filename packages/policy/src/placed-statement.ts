/** A statement of a parsed document. Only offsets are kept: few ever ask for lines and columns. */
import type { Locator } from './position.ts';
import type { ConditionClause, Effect, Match, Position, PrincipalPattern, Statement } from './statement.ts';

type Parts = Omit<Statement, 'start' | 'end'>;

export class PlacedStatement implements Statement {
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: Effect;
  readonly principal: Match<PrincipalPattern> | undefined;
  readonly action: Match<string>;
  readonly resource: Match<string> | undefined;
  readonly conditions: readonly ConditionClause[];
  readonly #locator: Locator;
  readonly #from: number;
  readonly #to: number;

  constructor(parts: Parts, locator: Locator, from: number, to: number) {
    this.index = parts.index;
    this.sid = parts.sid;
    this.effect = parts.effect;
    this.principal = parts.principal;
    this.action = parts.action;
    this.resource = parts.resource;
    this.conditions = parts.conditions;
    this.#locator = locator;
    this.#from = from;
    this.#to = to;
  }

  get start(): Position {
    return this.#locator.at(this.#from);
  }

  get end(): Position {
    return this.#locator.at(this.#to);
  }
}
