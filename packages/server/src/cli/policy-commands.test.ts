import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { catalogueOf, readCatalogue } from './lint-catalogue.ts';
import { nodePolicyIo } from './node-io.ts';
import { compareCommand, decideCommand, registerPolicyCommands, validateCommand } from './policy-commands.ts';
import type { PolicyIo } from './policy-io.ts';

const example = (name: string) => fileURLToPath(new URL(`../../../../examples/policies/${name}`, import.meta.url));

/** Runs a command line over files held in memory; what is not there is looked for on disk. */
async function run(args: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const out: string[] = [];
  const errors: string[] = [];
  const codes: number[] = [];
  const disk = nodePolicyIo(() => undefined);
  const io: PolicyIo = {
    lines: (file) => (file in files ? linesOf(files[file] ?? '') : disk.lines(file)),
    text: (file) => (file in files ? Promise.resolve(files[file] ?? '') : disk.text(file)),
    print: (line) => out.push(line),
    complain: (line) => errors.push(line),
    exit: (code) => codes.push(code),
    catalogue: readCatalogue,
  };
  const program = new Command('stagedoor').exitOverride().configureOutput({ writeErr: (line) => errors.push(line) });
  registerPolicyCommands(program, io);
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeErr: (line) => errors.push(line) });
  await program.parseAsync(['node', 'stagedoor', ...args]);
  return { out, errors, codes };
}

async function* linesOf(text: string): AsyncIterable<string> {
  yield* await Promise.resolve(text.split('\n'));
}

const json = (value: unknown) => JSON.stringify(value);
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: unknown, more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const channel = 'arn:aws:ivs:us-east-1:111122223333:channel/a';
const alice = 'arn:aws:iam::111122223333:user/alice';
const request = { principal: alice, principalType: 'User', action: 'ivs:GetChannel', resource: channel, context: {} };

describe('decide', () => {
  const cases = [
    json({ id: 'yes', identityPolicies: [policy(allow('ivs:Get*'))], request }),
    '',
    json({ id: 'no', identityPolicies: [policy({ Sid: 'Stop', ...allow('ivs:*'), Effect: 'Deny' })], request }),
    json({ id: 'silent', identityPolicies: [], request }),
  ].join('\n');

  test('prints one line of JSON per case', async () => {
    const { out, codes } = await run(['decide', '-'], { '-': cases });
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        id: 'yes',
        decision: 'Allow',
        layer: 'identity',
        statements: [{ policy: '/identityPolicies/0', index: 0 }],
        message: null,
      },
      {
        id: 'no',
        decision: 'ExplicitDeny',
        layer: 'identity',
        statements: [{ policy: '/identityPolicies/0', index: 0, sid: 'Stop' }],
        message: `User: ${alice} is not authorized to perform: ivs:GetChannel on resource: ${channel} with an explicit deny in an identity-based policy`,
      },
      {
        id: 'silent',
        decision: 'ImplicitDeny',
        layer: 'identity',
        statements: [],
        message: `User: ${alice} is not authorized to perform: ivs:GetChannel on resource: ${channel} because no identity-based policy allows the ivs:GetChannel action`,
      },
    ]);
    expect(codes).toEqual([0]);
  });

  test('a case that cannot be read is told in its place, and the exit code is 1', async () => {
    const { out, codes } = await run(['decide', 'f'], { f: `{"id":"a"}\nnonsense\n${cases}` });
    expect(out.slice(0, 2)).toEqual([
      '{"id":"a","error":"/request: expected an object"}',
      '{"id":null,"error":": expected a JSON value, found `n`"}',
    ]);
    expect(out).toHaveLength(5);
    expect(codes).toEqual([1]);
  });

  test('an operator that is not known is told: the Allow does not apply', async () => {
    const odd = policy(allow('*', { Condition: { StringMatches: { a: 'b' } } }));
    const { out } = await run(['decide', '-'], { '-': json({ id: 'odd', identityPolicies: [odd], request }) });
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      decision: 'ImplicitDeny',
      unevaluated: [{ policy: '/identityPolicies/0', index: 0 }],
    });
  });

  test('explains', async () => {
    const Condition = { StringEquals: { 'aws:ResourceTag/Owner': '${aws:username}', 'aws:RequestedRegion': 'x' } };
    const documents = [policy({ Sid: 'Own', ...allow('ivs:Get*', { Condition }) }), policy(allow('s3:*'))];
    const context = { 'aws:username': 'alice', 'aws:ResourceTag/Owner': 'alice' };
    const line = json({ id: 'why', identityPolicies: documents, request: { ...request, context } });
    const { out } = await run(['decide', '--explain', '-'], { '-': line });
    const text = out.join('\n');
    expect(text).toContain('why: ImplicitDeny by identity\n');
    expect(text).toContain('because no identity-based policy allows the ivs:GetChannel action');
    expect(text).toContain('Allow /identityPolicies/0 statement 0 (Own) does not apply: condition');
    expect(text).toContain(
      'StringEquals aws:ResourceTag/Owner: holds; given "alice", compared with ["${aws:username}" = "alice"]',
    );
    expect(text).toContain('StringEquals aws:RequestedRegion: does not hold; given missing, compared with ["x"]');
    expect(text).toContain('Allow /identityPolicies/1 statement 0 does not apply: action');
    expect(text).toContain('to flip the decision: add to identity: {"Effect":"Allow"');
  });

  test('a file that is not there has exit code 2', async () => {
    const { out, errors, codes } = await run(['decide', '/nowhere/at/all']);
    expect(out).toEqual([]);
    expect(errors.join('')).toContain('no such file');
    expect(codes).toEqual([2]);
  });

  test('the golden cases are decided as expected', async () => {
    const file = fileURLToPath(new URL('../../../policy/test/cases/decisions.jsonl', import.meta.url));
    const golden = readFileSync(file, 'utf8').trim().split('\n');
    const { out, codes } = await run(['decide', file]);
    expect(out).toHaveLength(golden.length);
    for (const [index, line] of golden.entries()) {
      const wanted: { id: string; expected: { decision: string }; meta: { status: string } } = JSON.parse(line);
      const given: { id: string; decision: string } = JSON.parse(out[index] ?? '');
      expect(given.id).toBe(wanted.id);
      if (wanted.meta.status === 'gate') expect(`${given.id} ${given.decision}`).toContain(wanted.expected.decision);
    }
    expect(codes).toEqual([0]);
  });
});

describe('validate', () => {
  test.each(readdirSync(example('')).filter((name) => name.endsWith('.json')))('S0-17 %s is valid', async (name) => {
    const { out, codes } = await run(['validate', example(name), '--kind', 'identity', '--json']);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ valid: true, message: null });
    expect(codes).toEqual([0]);
  });

  test('S0-97 `ivs:*` is advised against, and stays valid', async () => {
    const { out, codes } = await run(['validate', 'p.json', '--kind', 'identity'], {
      'p.json': json(policy(allow('ivs:*'))),
    });
    expect(out).toEqual([
      'p.json: valid identity policy',
      'p.json:1:65 warning service-wildcard: `ivs:*` allows every action of the service, those added later too; ' +
        'name the actions the application needs; keep service-wide wildcards for administrators',
    ]);
    expect(codes).toEqual([0]);
  });

  test("an invalid document has AWS's text and exit code 1", async () => {
    const files = { '-': '{\n"Version": "2012-10-17",\n"Statement": [{"Effect": "Permit"}]}' };
    const plain = await run(['validate', '-', '--kind', 'identity'], files);
    expect(plain.out).toEqual(['-: Syntax errors in policy.', '-:3:26 error syntax: Syntax errors in policy.']);
    expect(plain.codes).toEqual([1]);
    const machine = await run(['validate', '-', '--kind', 'trust', '--json'], files);
    expect(JSON.parse(machine.out[0] ?? '')).toEqual({
      valid: false,
      message: 'Invalid effect: Permit',
      findings: [
        {
          code: 'effect-invalid',
          severity: 'error',
          message: 'Invalid effect: Permit',
          at: '/Statement/0/Effect',
          position: { line: 3, column: 26, offset: 52 },
        },
      ],
    });
  });

  test('a misspelt action is found by the catalogue of all services', async () => {
    const { out } = await run(['validate', '-', '--kind', 'identity'], { '-': json(policy(allow('ivs:GetChanel'))) });
    expect(out.join('\n')).toContain('unknown-action: no known action matches `ivs:GetChanel`');
  });

  test('a bucket policy is for its bucket', async () => {
    const document = policy({ ...allow('s3:GetObject'), Principal: '*', Resource: 'arn:aws:s3:::b/*' });
    const bucket = (name: string) =>
      run(['validate', '-', '--kind', 'resource', '--bucket', name], { '-': json(document) });
    expect((await bucket('b')).codes).toEqual([0]);
    expect((await bucket('c')).out[0]).toBe('-: Policy has invalid resource');
  });

  test('the kind must be given, and be one of four', async () => {
    await expect(run(['validate', '-'], { '-': '{}' })).rejects.toThrow('--kind');
    await expect(run(['validate', '-', '--kind', 'scp'], { '-': '{}' })).rejects.toThrow('identity, trust, session');
  });
});

describe('compare', () => {
  const files = {
    wide: json(policy(allow('ivs:*'))),
    narrow: json(policy(allow('ivs:Get*'))),
    broken: '{"Statement":\n[]}',
  };

  test('a narrower policy allows nothing more', async () => {
    const { out, codes } = await run(['compare', 'narrow', 'wide'], files);
    expect(out).toEqual(['narrow allows nothing that wide does not allow']);
    expect(codes).toEqual([0]);
  });

  test('a wider policy has a witness', async () => {
    const { out, codes } = await run(['compare', 'wide', 'narrow'], files);
    expect(out[0]).toBe('wide allows what narrow does not:');
    expect(out.join('\n')).toMatch(/^ {2}action {5}ivs:(?!get)/im);
    expect(codes).toEqual([1]);
    const machine = await run(['compare', 'wide', 'narrow', '--json'], files);
    expect(JSON.parse(machine.out[0] ?? '')).toMatchObject({ result: 'not-subset', witness: { context: {} } });
  });

  test('the same policy, as JSON', async () => {
    const { out } = await run(['compare', 'wide', 'wide', '--json'], files);
    expect(out).toEqual(['{"result":"subset"}']);
  });

  test('a document that does not parse is told with its place, and the exit code is 2', async () => {
    const { errors, codes } = await run(['compare', 'broken', 'wide'], files);
    expect(errors).toEqual(['broken:2:1 a policy needs at least one statement']);
    expect(codes).toEqual([2]);
  });
});

test('the catalogue holds actions by vendor and keys with their vendor', () => {
  const { actions, keys } = catalogueOf({
    globalConditionKeys: 'aws:username aws:RequestTag/${TagKey}',
    actions: { ivs: 'GetChannel ListChannels' },
    conditionKeys: { sts: 'ExternalId' },
  });
  expect(actions.get('ivs')).toEqual(['GetChannel', 'ListChannels']);
  expect(keys).toEqual(['aws:username', 'aws:RequestTag/${TagKey}', 'sts:ExternalId']);
});

test('the commands are functions too: they return the exit code and set none', async () => {
  const printed: string[] = [];
  const io: PolicyIo = {
    lines: linesOf,
    text: (text) => Promise.resolve(text),
    print: (line) => printed.push(line),
    complain: (line) => printed.push(line),
    exit: () => expect.fail('a command set the exit code'),
    catalogue: () => undefined,
  };
  const [wide, narrow] = [json(policy(allow('ivs:*'))), json(policy(allow('ivs:Get*')))];
  expect(await decideCommand(json({ id: 'a', request }), {}, io)).toBe(0);
  expect(await decideCommand('{}', { explain: true }, io)).toBe(1);
  expect(await validateCommand(wide, { kind: 'session' }, io)).toBe(0);
  expect(await validateCommand(wide, { kind: 'trust' }, io)).toBe(1);
  expect(await compareCommand(narrow, wide, {}, io)).toBe(0);
  expect(await compareCommand(wide, narrow, {}, io)).toBe(1);
  expect(await compareCommand(wide, '', {}, io)).toBe(2);
  expect(printed.length).toBeGreaterThan(6);
});
