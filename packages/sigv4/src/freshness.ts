/** Is the signature of now? Steps 10 and 11 of spec/sts.md 8.5. */
import type { Authorization } from './authorization.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { Rules } from './rules.ts';
import { formatTimestamp } from './timestamp.ts';

type FreshnessRules = Pick<Rules, 'now' | 'profile'>;

/** `undefined` when the request was signed within the clock skew, or (presigned) lives as long as it states. */
export function checkFreshness(authorization: Authorization, rules: FreshnessRules): Refusal | undefined {
  const { kind, signedAt } = authorization;
  const { now, profile } = rules;
  if (signedAt > now + profile.maxSkewMs) return notYetCurrent(authorization, rules);
  if (kind === 'query' && profile.maxExpires !== undefined) {
    return checkStatedLife(authorization, now, profile.maxExpires);
  }
  return signedAt < now - profile.maxSkewMs ? stale(authorization, rules) : undefined;
}

function stale(authorization: Authorization, { now, profile }: FreshnessRules): Refusal {
  const limit = formatTimestamp(now - profile.maxSkewMs);
  const rule = `${formatTimestamp(now)} - ${profile.maxSkewMs / 60_000} min.`;
  const text = `Signature expired: ${authorization.timestamp} is now earlier than ${limit} (${rule})`;
  return refuse('expired', text, authorization.kind);
}

function notYetCurrent(authorization: Authorization, { now, profile }: FreshnessRules): Refusal {
  const limit = formatTimestamp(now + profile.maxSkewMs);
  const rule = `${formatTimestamp(now)} + ${profile.maxSkewMs / 60_000} min.`;
  const text = `Signature not yet current: ${authorization.timestamp} is still later than ${limit} (${rule})`;
  return refuse('notYetCurrent', text, authorization.kind);
}

function checkStatedLife(authorization: Authorization, now: number, maxExpires: number): Refusal | undefined {
  const { expires, signedAt, timestamp } = authorization;
  const wrong = expiresProblem(expires, maxExpires);
  if (wrong !== undefined) return refuse(expires === undefined ? 'incomplete' : 'malformed', wrong, 'query');
  const life = Number(expires) * 1000;
  if (now <= signedAt + life) return undefined;
  const limit = formatTimestamp(now - life);
  const text = `Signature expired: ${timestamp} is now earlier than ${limit} (${formatTimestamp(now)} - ${expires} sec.)`;
  return refuse('expired', text, 'query');
}

function expiresProblem(expires: string | undefined, maxExpires: number): string | undefined {
  if (expires === undefined) {
    return "AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the query-string parameters.";
  }
  if (/^-\d+$/.test(expires)) return 'X-Amz-Expires must be non-negative';
  if (!/^\d{1,15}$/.test(expires)) return 'X-Amz-Expires should be a number';
  if (Number(expires) <= maxExpires) return undefined;
  const week = maxExpires === 604_800 ? 'a week (in seconds) that is, the given X-Amz-Expires must be less than ' : '';
  return `X-Amz-Expires must be less than ${week}${maxExpires} seconds`;
}
