/** Advice on a policy that can be stored. It never stops a write. */

import type { Finding } from '../finding.ts';
import { pointer } from '../json.ts';
import { type Problem, policyOf, readDocument } from '../parse.ts';
import type { Policy, Position } from '../statement.ts';
import { actionRules } from './action-rules.ts';
import { conditionRules } from './condition-rules.ts';
import { type Place, placeOf } from './place.ts';
import { principalRules } from './principal-rules.ts';
import type { LintContext, LintOptions, LintRule, Path } from './rule.ts';
import { statementRules } from './statement-rules.ts';
import { textRules } from './text-rules.ts';

/** Every rule, one row each; within the group in the order of their findings. */
export const lintRules: readonly LintRule[] = [
  ...textRules,
  ...principalRules,
  ...actionRules,
  ...conditionRules,
  ...statementRules,
];

/** The most findings given for one document. */
export const maxFindings = 500;

/**
 * Looks for what is allowed by the language but probably not meant. From a text, findings carry the exact place;
 * from a parsed policy, the place of the statement. A text that does not parse yields its problems as errors.
 *
 * Never throws on user data; at most `maxFindings` findings, by place.
 */
export function lintPolicy(source: string | Policy, options: LintOptions): readonly Finding[] {
  if (typeof source !== 'string') return findings({ ...options, policy: source }, (path) => roughPlace(source, path));
  const read = readDocument(source);
  if (!read.ok) return read.problems.map(problemFinding);
  const parsed = policyOf(read.document);
  if (!parsed.ok) return parsed.problems.map(problemFinding);
  return findings({ ...options, policy: parsed.policy }, (path) => placeOf(read.document, path));
}

function findings(context: LintContext, place: (path: Path) => Place): readonly Finding[] {
  return lintRules
    .filter(({ kinds }) => kinds === undefined || kinds.includes(context.kind))
    .flatMap((rule) => ofRule(rule, context, place))
    .toSorted((a, b) => a.position.offset - b.position.offset)
    .slice(0, maxFindings);
}

function ofRule(rule: LintRule, context: LintContext, place: (path: Path) => Place): readonly Finding[] {
  const { code, severity } = rule;
  return [...rule.check(context)].slice(0, maxFindings).map(({ path, message, suggestion }) => {
    return { code, severity, message, ...place(path), suggestion };
  });
}

const documentStart: Position = { line: 1, column: 1, offset: 0 };

function roughPlace(policy: Policy, path: Path): Place {
  const [, index] = path;
  const statement = typeof index === 'number' ? policy.statements[index] : undefined;
  return { at: path.reduce<string>(pointer, ''), position: statement?.start ?? documentStart };
}

function problemFinding({ code, message, at, position }: Problem): Finding {
  return { code, severity: 'error', message, at, position };
}
