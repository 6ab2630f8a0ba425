import type { Statement } from '../statement.ts';
import { Coverage } from './covers.ts';
import { type Advice, type LintContext, type LintRule, statementPath } from './rule.ts';

function nameOf(statement: Statement): string {
  return statement.sid ? `\`${statement.sid}\`` : `statement ${statement.index}`;
}

/** Of two statements that cover each other, the later one is redundant. */
function redundant({ policy: { statements } }: LintContext): readonly Advice[] {
  const coverage = new Coverage();
  return statements.flatMap((narrow) => {
    const wide = statements.find(
      (other) =>
        other !== narrow &&
        other.effect === narrow.effect &&
        coverage.covers(other, narrow) &&
        (other.index < narrow.index || !coverage.covers(narrow, other)),
    );
    if (wide === undefined) return [];
    const message = `${nameOf(wide)} already says all that this statement says`;
    return [{ path: statementPath(narrow), message, suggestion: 'leave this statement out' }];
  });
}

function dead({ policy: { statements } }: LintContext): readonly Advice[] {
  const coverage = new Coverage();
  const denials = statements.filter(({ effect }) => effect === 'Deny');
  return statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap((allow) => {
      const deny = denials.find((other) => coverage.covers(other, allow));
      if (deny === undefined) return [];
      const message = `${nameOf(deny)} denies all that this statement allows`;
      return [{ path: statementPath(allow), message, suggestion: 'leave this statement out, or narrow the Deny' }];
    });
}

export const statementRules: readonly LintRule[] = [
  { code: 'redundant-statement', severity: 'suggestion', check: redundant },
  { code: 'dead-statement', severity: 'warning', check: dead },
];
