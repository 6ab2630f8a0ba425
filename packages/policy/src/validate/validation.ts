/** What every write-time validator has in common: stages in order, the first that finds something decides. */

import type { Finding } from '../finding.ts';
import { type Problem, type SourceDocument, maxProblems, policyOf, readDocument } from '../parse.ts';
import type { Policy } from '../statement.ts';

/** Error code of the answer: IAM and STS say the first, S3 the second. */
export type ValidationCode = 'MalformedPolicyDocument' | 'MalformedPolicy';

export type Validation =
  | { readonly valid: true; readonly policy: Policy; readonly findings: readonly Finding[] }
  | {
      readonly valid: false;
      readonly code: ValidationCode;
      /** AWS's own text. */
      readonly message: string;
      /** What the deciding stage found; the first is the one the message speaks of. */
      readonly findings: readonly Finding[];
    };

export interface ValidationOptions {
  /** The partition resources may name; without it any known partition is accepted. */
  readonly partition?: string;
  /** For `resource`: the bucket the policy is for; its actions and resources are then checked too. */
  readonly bucket?: string;
}

/** One refused thing: the text of the answer and the place. */
export interface Refusal {
  readonly message: string;
  readonly at: string;
  readonly start: number;
}

/** A document under validation: its tree, and all the problems the parser has with it. */
export interface Subject {
  readonly document: SourceDocument;
  readonly problems: readonly Problem[];
  readonly options: ValidationOptions;
}

export interface Stage {
  readonly code: string;
  readonly check: (subject: Subject) => readonly Refusal[];
}

export interface Validator {
  readonly code: ValidationCode;
  /** The answer to a text that is not JSON, or has a repeated key, or is too deep or too long. */
  readonly notJson: (problem: Problem) => string;
  readonly stages: readonly Stage[];
}

/** Runs the stages over the text; never throws on user data. */
export function runValidator(validator: Validator, text: string, options: ValidationOptions): Validation {
  const read = readDocument(text);
  if (!read.ok) return unreadable(validator, read.problems);
  const { document } = read;
  const parsed = policyOf(document, Number.POSITIVE_INFINITY);
  const subject = { document, problems: parsed.ok ? [] : parsed.problems, options };
  for (const { code, check } of validator.stages) {
    const refusals = check(subject).slice(0, maxProblems);
    if (refusals.length > 0)
      return refused(
        validator,
        refusals.map((refusal) => findingOf(refusal, code, document)),
      );
  }
  if (parsed.ok) return { valid: true, policy: parsed.policy, findings: [] };
  return refused(validator, parsed.problems.map(unforeseen));
}

function unreadable(validator: Validator, problems: readonly Problem[]): Validation {
  return refused(
    validator,
    problems.map((problem) => ({ ...unforeseen(problem), code: problem.code, message: validator.notJson(problem) })),
  );
}

/** A problem that no stage names: refused nonetheless, since nothing is stored that cannot be parsed. */
function unforeseen({ message, at, position }: Problem): Finding {
  return { code: 'unparsable', severity: 'error', message, at, position };
}

function findingOf({ message, at, start }: Refusal, code: string, { locator }: SourceDocument): Finding {
  return { code, severity: 'error', message, at, position: locator.at(start) };
}

function refused({ code }: Validator, findings: readonly Finding[]): Validation {
  return { valid: false, code, message: findings[0]!.message, findings };
}

/** The parser's problems of some kind, under one text. */
export function problemsAs(
  message: string | ((problem: Problem) => string),
  concerns: (problem: Problem) => boolean,
): Stage['check'] {
  return ({ problems }) => problems.filter(concerns).map((problem) => refusalOf(problem, message));
}

function refusalOf(problem: Problem, message: string | ((problem: Problem) => string)): Refusal {
  const text = typeof message === 'string' ? message : message(problem);
  return { message: text, at: problem.at, start: problem.position.offset };
}

/** A refusal of something that stands in the document. */
export function refuse({ at, start }: { readonly at: string; readonly start: number }, message: string): Refusal {
  return { message, at, start };
}

export function refuseAll(found: readonly { readonly at: string; readonly start: number }[], message: string) {
  return found.map((one) => refuse(one, message));
}
