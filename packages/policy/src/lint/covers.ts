/** Whether one statement applies wherever another does: a sound test that may miss some pairs. */

import { compileGlob, matchesGlob } from '../glob.ts';
import type { Match, Statement } from '../statement.ts';

/** How much comparing the statements of one document may cost, in characters looked at. */
const budget = 20_000_000;

/** What a pair of statements costs at least. */
const pairCost = 50;

/** The largest product of two patterns' lengths that is compared. */
const largestPair = 10_000_000;

/** Compares statements of one document until its budget is spent; from then on everything is "not covered". */
export class Coverage {
  private left = budget;
  /** Conditions of a statement in a form that can be looked up. */
  private readonly clauses = new Map<Statement, ReadonlySet<string>>();

  /** Whether `wide` applies to every request that `narrow` applies to. Effects are not looked at. */
  covers(wide: Statement, narrow: Statement): boolean {
    return (
      this.afford(pairCost) &&
      this.coversConditions(wide, narrow) &&
      coversPrincipals(wide, narrow) &&
      this.coversMatch(wide.action, narrow.action, this.coversAction) &&
      this.coversResources(wide.resource, narrow.resource)
    );
  }

  private afford(cost: number): boolean {
    this.left -= cost;
    return this.left > 0;
  }

  private clausesOf(statement: Statement): ReadonlySet<string> {
    const known = this.clauses.get(statement);
    if (known !== undefined) return known;
    const clauses = new Set(statement.conditions.map((clause) => JSON.stringify(clause)));
    this.clauses.set(statement, clauses);
    return clauses;
  }

  /** Clauses are ANDed: a statement with fewer of them applies more often. */
  private coversConditions(wide: Statement, narrow: Statement): boolean {
    if (wide.conditions.some(({ operator }) => operator === undefined)) return false;
    const [needed, given] = [this.clausesOf(wide), this.clausesOf(narrow)];
    return this.afford(needed.size) && [...needed].every((clause) => given.has(clause));
  }

  /** Not-forms are compared as they stand. */
  private coversMatch(wide: Match<string>, narrow: Match<string>, covers: PatternTest): boolean {
    if (wide.mode === 'allBut' || narrow.mode === 'allBut') return same(wide, narrow);
    return narrow.patterns.every((pattern) => wide.patterns.some((other) => covers(other, pattern)));
  }

  private coversResources(wide: Match<string> | undefined, narrow: Match<string> | undefined): boolean {
    if (wide === undefined || narrow === undefined) return wide === narrow;
    if (wide.mode === 'only' && wide.patterns.includes('*')) return true;
    return this.coversMatch(wide, narrow, this.coversResource);
  }

  private readonly coversAction: PatternTest = (wide, narrow) => {
    if (wide === '*') return true;
    const [own, other] = [vendorAndName(wide.toLowerCase()), vendorAndName(narrow.toLowerCase())];
    return own !== undefined && other !== undefined && own.every((part, i) => this.coversGlob(part, other[i]!));
  };

  /** The first five parts one by one, the sixth whole, as they are matched. */
  private readonly coversResource: PatternTest = (wide, narrow) => {
    if (wide === narrow) return this.afford(1);
    const [own, other] = [sixParts(wide), sixParts(narrow)];
    if (own === undefined || other === undefined) return false;
    return own.every((part, index) => this.coversGlob(part, other[index]!));
  };

  /**
   * The narrow glob is matched as if it were a text. That is sound while no `?` meets a `*`, which stands for any
   * number of characters, and while the wide one has no variable, whose value is not known.
   */
  private coversGlob(wide: string, narrow: string): boolean {
    const product = wide.length * narrow.length;
    const cost = wide.includes('?') ? product : wide.length + narrow.length;
    if (product > largestPair || !this.afford(cost + 1)) return false;
    if (wide === narrow) return true;
    if (wide.includes('${') || (wide.includes('?') && /\*|\$\{/.test(narrow))) return false;
    return matchesGlob(compileGlob(wide), narrow.replace(reference, anyText));
  }
}

/** What may be a variable or an escape, closed or not; and a character for it that only a wildcard takes. */
const reference = /\$\{[^}]*\}?/g;
const anyText = '\u0000';

type PatternTest = (wide: string, narrow: string) => boolean;

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The bare star takes in every account and everybody; whether it takes in services is not certain. */
function coversPrincipals({ principal: wide }: Statement, { principal: narrow }: Statement): boolean {
  if (same(wide, narrow)) return true;
  if (wide?.mode !== 'only' || narrow?.mode !== 'only' || !wide.patterns.some(({ type }) => type === '*')) return false;
  return narrow.patterns.every(({ type }) => type === 'AWS' || type === '*');
}

/** An action in its two parts; without a colon it matches nothing. */
function vendorAndName(action: string): readonly [string, string] | undefined {
  const at = action.indexOf(':');
  return at < 0 ? undefined : [action.slice(0, at), action.slice(at + 1)];
}

function sixParts(resource: string): readonly string[] | undefined {
  const parts = resource.split(':');
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
