/** The package as others get it: packed, installed alone, its README's examples run under Node and in a browser. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const home = join(import.meta.dirname, '..');
const repository = join(home, '../..');
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

interface Example {
  readonly title: string;
  readonly code: string;
  /** What it says it prints. */
  readonly prints: readonly string[];
}

function examplesOf(markdown: string): Example[] {
  return markdown.split(/^## /m).flatMap((section) => {
    const code = /```js\n(.*?)```/s.exec(section)?.[1];
    if (code === undefined) return [];
    const prints = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    return [{ title: section.slice(0, section.indexOf('\n')), code, prints }];
  });
}

const examples = examplesOf(readFileSync(join(home, 'README.md'), 'utf8'));
const project = mkdtempSync(join(tmpdir(), 'policy-package-'));
const installed = join(project, 'node_modules/@stagedoor/policy');

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

beforeAll(() => {
  run(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-b', home], repository);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  run(npm, ['pack', '--pack-destination', project], home);
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'));
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
  run(npm, ['install', `./${tarball}`, '--offline', '--no-audit', '--no-fund'], project);
}, 120_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

test('every public function has an example', () => {
  const all = examples.map(({ code }) => code).join('\n');
  const named = [
    'parsePolicy',
    'validatePolicy',
    'lintPolicy',
    'compilePolicies',
    'decide',
    'explain',
    'compare',
    'createPolicyCache',
  ];
  for (const name of named) expect(all).toMatch(new RegExp(`import \\{[^}]*\\b${name}\\b`));
  expect(examples.every(({ prints }) => prints.length > 0)).toBe(true);
});

test('the package brings what it needs and nothing else', () => {
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@stagedoor']);
  expect(readdirSync(installed).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'src']);
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  expect(files.filter((file) => /\.(test|testkit)\.|tsbuildinfo/.test(file))).toEqual([]);
  const built = files.filter((file) => file.startsWith('dist') && file.endsWith('.js'));
  const imports = built.flatMap((file) =>
    [...readFileSync(join(installed, file), 'utf8').matchAll(/^(?:import|export)[^;]*?from '([^']+)'/gm)].map(
      ([, name]) => name,
    ),
  );
  expect(imports.filter((name) => !name.startsWith('./') && !name.startsWith('../'))).toEqual([]);
});

describe('installed alone, under Node', () => {
  test.each(examples)('$title', ({ code, prints }) => {
    const folder = join(project, 'examples');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'example.mjs');
    writeFileSync(file, code);
    expect(run(process.execPath, [file], project).trimEnd().split('\n')).toEqual(prints);
  });
});

/** Runs a module where nothing of Node is at hand: no `process`, no `Buffer`, no `require`. */
const bareRealm = `
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
const [dist, example] = process.argv.slice(2);
const context = vm.createContext({ console: { log: (...values) => process.stdout.write(values.join(' ') + '\\n') } });
const known = new Map();
const load = (file) => {
  if (!known.has(file)) known.set(file, new vm.SourceTextModule(readFileSync(file, 'utf8'), { context, identifier: file }));
  return known.get(file);
};
const module = load(example);
await module.link((name, from) => load(name.startsWith('.') ? join(dirname(from.identifier), name) : join(dist, 'index.js')));
await module.evaluate();
`;

describe('where there are only the globals of the language', () => {
  test.each(examples)('$title', ({ code, prints }) => {
    const [runner, file] = [join(project, 'bare.mjs'), join(project, 'bare-example.mjs')];
    writeFileSync(runner, bareRealm);
    writeFileSync(file, code);
    const flags = ['--experimental-vm-modules', '--no-warnings'];
    const shown = run(process.execPath, [...flags, runner, join(installed, 'dist'), file], project);
    expect(shown.trimEnd().split('\n')).toEqual(prints);
  });
});

/** A page that runs an example and shows what it printed. */
function pageOf({ code }: Example): string {
  const imports = JSON.stringify({ imports: { '@stagedoor/policy': '/dist/index.js' } });
  const module = `const out = document.querySelector('pre');
console.log = (...values) => { out.append(values.join(' ') + '\\n'); };
addEventListener('error', (event) => { out.append('error: ' + event.message); });
${code}`;
  return `<!doctype html><meta charset="utf-8"><script type="importmap">${imports}</script><pre></pre><script type="module">${module}</script>`;
}

function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const number = /^\/example-(\d+)$/.exec(path)?.[1];
    const example = number === undefined ? undefined : examples[Number(number)];
    const file = join(installed, path);
    if (example !== undefined) response.setHeader('content-type', 'text/html').end(pageOf(example));
    else if (path.startsWith('/dist/') && existsSync(file)) {
      response.setHeader('content-type', 'text/javascript').end(readFileSync(file));
    } else response.writeHead(404).end();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function shownBy(browser: string, url: string): Promise<string> {
  const profile = mkdtempSync(join(project, 'profile-'));
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--virtual-time-budget=10000',
    `--user-data-dir=${profile}`,
    '--dump-dom',
    url,
  ];
  return new Promise((resolve, reject) => {
    execFile(browser, flags, { encoding: 'utf8', timeout: 60_000 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
}

/** The text of the page's `pre`, entities decoded. */
function printed(dom: string): string[] {
  const text = /<pre>(.*?)<\/pre>/s.exec(dom)?.[1] ?? '';
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').trimEnd().split('\n');
}

describe.skipIf(chromium === undefined)('in Chromium (skipped where there is none)', () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => server.close());

  test.each(examples.map((example, number) => ({ ...example, number })))(
    '$title',
    async ({ number, prints }) => {
      const { port } = server.address() as AddressInfo;
      expect(printed(await shownBy(chromium!, `http://127.0.0.1:${port}/example-${number}`))).toEqual(prints);
    },
    90_000,
  );
});
