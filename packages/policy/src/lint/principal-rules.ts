import type { Statement } from '../statement.ts';
import { type Advice, type LintContext, type LintRule, statementPath } from './rule.ts';

function admitsEverybody({ principal }: Statement): boolean {
  return (
    principal?.mode === 'only' &&
    principal.patterns.some(({ type, value }) => value === '*' && (type === '*' || type === 'AWS'))
  );
}

function everybody({ policy }: LintContext): readonly Advice[] {
  return policy.statements
    .filter((statement) => statement.effect === 'Allow' && statement.conditions.length === 0)
    .filter(admitsEverybody)
    .map((statement) => ({
      path: [...statementPath(statement), 'Principal'],
      message: 'this allows everybody, of any account',
      suggestion: 'name accounts, roles or services, or add a condition on aws:PrincipalOrgID or aws:SourceArn',
    }));
}

function allBut({ policy }: LintContext): readonly Advice[] {
  return policy.statements
    .filter(({ effect, principal }) => effect === 'Allow' && principal?.mode === 'allBut')
    .map((statement) => ({
      path: [...statementPath(statement), 'NotPrincipal'],
      message: 'NotPrincipal with Allow allows everybody it does not name, anonymous callers too',
      suggestion: 'name those who are allowed in Principal',
    }));
}

export const principalRules: readonly LintRule[] = [
  { code: 'wildcard-principal', severity: 'security-warning', kinds: ['trust', 'resource'], check: everybody },
  { code: 'not-principal-allow', severity: 'security-warning', kinds: ['trust', 'resource'], check: allBut },
];
