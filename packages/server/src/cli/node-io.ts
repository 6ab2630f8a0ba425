import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { LintCatalogue } from '@stagedoor/policy';
import type { PolicyIo } from './policy-io.ts';

async function textOfStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Lines of a file or of standard input, without their ends; a stream's error rejects the iteration. */
async function* linesOf(file: string): AsyncIterable<string> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  input.setEncoding('utf8');
  let rest = '';
  for await (const chunk of input) {
    const [first = '', ...others] = String(chunk).split('\n');
    const last = others.pop();
    rest += first;
    if (last === undefined) continue;
    yield rest;
    yield* others;
    rest = last;
  }
  if (rest !== '') yield rest;
}

let watched = false;

/** Whoever reads the output may stop early (`| head`): then there is nothing left to do. */
function watchOutput(): void {
  watched = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

function printLine(line: string): void {
  if (!watched) watchOutput();
  process.stdout.write(`${line}\n`);
}

/** Files, standard input and output, and the exit code of this process. */
export function nodePolicyIo(catalogue: () => LintCatalogue | undefined): PolicyIo {
  return {
    lines: linesOf,
    text: (file) => (file === '-' ? textOfStdin() : readFile(file, 'utf8')),
    print: printLine,
    complain: (line) => void process.stderr.write(`${line}\n`),
    exit: (code) => {
      process.exitCode = code;
    },
    catalogue,
  };
}
