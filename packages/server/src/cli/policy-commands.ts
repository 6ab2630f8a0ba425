/** The commands about policies: `decide`, `validate` and `compare`. They touch no store and no network. */

import {
  type AccessRequest,
  type Comparison,
  type DecisionCase,
  type Finding,
  type Policy,
  type PolicyKind,
  compare,
  decide,
  denialMessage,
  explain,
  lintPolicy,
  parsePolicy,
  readDecisionCase,
  validatePolicy,
} from '@stagedoor/policy';
import { type Command, Option } from 'commander';
import { explanationLines, valueText } from './explanation-text.ts';
import type { PolicyIo } from './policy-io.ts';

/** Exit codes, beside 0 for success. */
const exitCodes = {
  /** The answer is no: an invalid document, an unreadable case, a policy that allows more. */
  no: 1,
  /** A file that cannot be read or is no policy. */
  unusable: 2,
  /** `compare` could not decide within its bounds. */
  unknown: 3,
} as const;

/** `decide`: one line of JSON per case, in the order of the cases. */
function decisionLine({ id, request, layers }: DecisionCase): string {
  const { decision, layer, statements, unevaluated } = decide(request, layers);
  const message = decision === 'Allow' ? null : denialMessage(request, { decision, layer, statements, unevaluated });
  const refs = unevaluated.length === 0 ? {} : { unevaluated };
  return JSON.stringify({ id, decision, layer, statements, message, ...refs });
}

function traceOf({ id, request, layers }: DecisionCase): string {
  return explanationLines(id, request, explain(request, layers)).join('\n');
}

interface DecideOptions {
  readonly explain?: boolean;
}

/**
 * Decides the cases of a file (`-`: standard input), one JSON object a line; empty lines are passed over. Each gives
 * one line `{"id", "decision", "layer", "statements", "message"}`, or `{"id", "error"}` when it cannot be read.
 * With `explain` each gives a trace of several lines instead. Returns the exit code.
 */
export async function decideCommand(file: string, options: DecideOptions, io: PolicyIo): Promise<number> {
  let unreadable = 0;
  for await (const line of io.lines(file)) {
    if (line.trim() === '') continue;
    const read = readDecisionCase(line);
    if (read.ok) io.print(options.explain === true ? traceOf(read.case) : decisionLine(read.case));
    else {
      unreadable += 1;
      io.print(JSON.stringify({ id: read.id ?? null, error: read.message }));
    }
  }
  return unreadable === 0 ? 0 : exitCodes.no;
}

interface ValidateOptions {
  readonly kind: PolicyKind;
  readonly json?: boolean;
  /** For bucket policies: the bucket they are for. */
  readonly bucket?: string;
}

interface Verdict {
  readonly valid: boolean;
  /** AWS's text; `null` when valid. */
  readonly message: string | null;
  readonly findings: readonly Finding[];
}

function verdictOn(text: string, { kind, bucket }: ValidateOptions, io: PolicyIo): Verdict {
  const validation = validatePolicy(text, kind, bucket === undefined ? {} : { bucket });
  if (!validation.valid) return { valid: false, message: validation.message, findings: validation.findings };
  const catalogue = io.catalogue();
  const findings = lintPolicy(text, catalogue === undefined ? { kind } : { kind, catalogue });
  return { valid: true, message: null, findings };
}

function findingLine(file: string, { code, severity, message, position, suggestion }: Finding): string {
  const place = `${file}:${position.line}:${position.column}`;
  return `${place} ${severity} ${code}: ${message}${suggestion === undefined ? '' : `; ${suggestion}`}`;
}

/**
 * Says whether AWS would store the document of a file, and lints it when it would. Findings of the lint layer never
 * make a document invalid. Returns the exit code: 1 when invalid.
 */
export async function validateCommand(file: string, options: ValidateOptions, io: PolicyIo): Promise<number> {
  const verdict = verdictOn(await io.text(file), options, io);
  if (options.json === true) io.print(JSON.stringify(verdict));
  else {
    io.print(verdict.valid ? `${file}: valid ${options.kind} policy` : `${file}: ${verdict.message ?? ''}`);
    for (const finding of verdict.findings) io.print(findingLine(file, finding));
  }
  return verdict.valid ? 0 : exitCodes.no;
}

function requestLines({ principal, action, resource, resourceAccount, context }: AccessRequest): readonly string[] {
  return [
    `  principal  ${principal.arn ?? principal.services?.[0] ?? principal.federatedProvider ?? principal.type}`,
    `  action     ${action}`,
    `  resource   ${resource}`,
    ...(resourceAccount === undefined ? [] : [`  owned by   ${resourceAccount}`]),
    ...[...context.entries()].map(([key, value]) => `  ${key} = ${valueText(value)}`),
  ];
}

function shown(comparison: Comparison): object {
  if (comparison.result !== 'not-subset') return comparison;
  const { context, ...request } = comparison.witness;
  return { ...comparison, witness: { ...request, context: Object.fromEntries(context.entries()) } };
}

function comparisonLines(a: string, b: string, comparison: Comparison): readonly string[] {
  if (comparison.result === 'subset') return [`${a} allows nothing that ${b} does not allow`];
  if (comparison.result === 'unknown') return [`undecided: ${comparison.reason}`];
  return [`${a} allows what ${b} does not:`, ...requestLines(comparison.witness)];
}

const comparisonExits: Readonly<Record<Comparison['result'], number>> = {
  subset: 0,
  'not-subset': exitCodes.no,
  unknown: exitCodes.unknown,
};

async function policyIn(file: string, io: PolicyIo): Promise<Policy | undefined> {
  const parsed = parsePolicy(await io.text(file));
  if (parsed.ok) return parsed.policy;
  for (const { message, position } of parsed.problems) {
    io.complain(`${file}:${position.line}:${position.column} ${message}`);
  }
  return undefined;
}

/**
 * Says whether the policy of file A allows nothing that the one of file B does not, with a request as witness where
 * it does. Returns the exit code: 0 nothing, 1 something, 3 not decided.
 */
export async function compareCommand(a: string, b: string, options: { json?: boolean }, io: PolicyIo): Promise<number> {
  const [one, other] = [await policyIn(a, io), await policyIn(b, io)];
  if (one === undefined || other === undefined) return exitCodes.unusable;
  const comparison = compare(one, other);
  if (options.json === true) io.print(JSON.stringify(shown(comparison)));
  else for (const line of comparisonLines(a, b, comparison)) io.print(line);
  return comparisonExits[comparison.result];
}

const kinds: readonly PolicyKind[] = ['identity', 'trust', 'session', 'resource'];

/** Runs a command; a file that cannot be read is told in one line. */
async function run(io: PolicyIo, command: () => Promise<number>): Promise<void> {
  try {
    io.exit(await command());
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    io.complain(`stagedoor: ${error.message}`);
    io.exit(exitCodes.unusable);
  }
}

/** Adds the policy commands to a program. */
export function registerPolicyCommands(program: Command, io: PolicyIo): void {
  program
    .command('decide')
    .argument('<file>', 'decision cases, one JSON object a line; - for standard input')
    .option('--explain', 'print a trace instead of JSON')
    .description('decide requests by the policies given with them')
    .action((file: string, options: DecideOptions) => run(io, () => decideCommand(file, options, io)));
  program
    .command('validate')
    .argument('<file>', 'policy document; - for standard input')
    .addOption(new Option('--kind <kind>', 'what it is written as').choices(kinds).makeOptionMandatory())
    .option('--bucket <name>', 'for bucket policies: the bucket')
    .option('--json', 'print {"valid", "message", "findings"}')
    .description('say whether AWS would store a policy, and what to improve in it')
    .action((file: string, options: ValidateOptions) => run(io, () => validateCommand(file, options, io)));
  program
    .command('compare')
    .argument('<a>', 'policy document')
    .argument('<b>', 'policy document')
    .option('--json', 'print {"result", "witness"}')
    .description('say whether policy A allows nothing that policy B does not')
    .action((a: string, b: string, options: { json?: boolean }) => run(io, () => compareCommand(a, b, options, io)));
}
