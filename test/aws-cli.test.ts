/** The stories of the source documents with the stock AWS CLI, whichever version this machine has. */
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsCli, awsCliVersion } from './support/aws-cli.ts';
import type { AwsCli } from './support/aws-cli.ts';
import { account, channelArn, fixturesFile, keys, ownedChannelArn, policyFile, region } from './support/fixtures.ts';
import { endAll, runProgram, scratch, startProcess } from './support/process.ts';
import type { Running } from './support/process.ts';
import type { Credentials } from './support/server.ts';

const version = awsCliVersion();

/** Each command is a Python program that starts: a second of a processor, and the machine may have others to serve. */
const timeout = 180_000;

const document = (name: string): string => `file://${policyFile(name)}`;
const policyArn = (name: string): string => `arn:aws:iam::${account}:policy/${name}`;
const streamArn = `arn:aws:kinesisvideo:${region}:${account}:stream/my-stream/0123456789012`;

/** The credentials in what `create-access-key` or `assume-role` printed. */
function credentialsIn(answer: unknown): Credentials {
  const { AccessKey, Credentials } = Object(answer) as Record<string, Record<string, string> | undefined>;
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = AccessKey ?? Credentials ?? {};
  const key = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  return SessionToken === undefined ? key : { ...key, sessionToken: SessionToken };
}

/** What the CLI prints of a refusal. */
const errorLine = (code: string, operation: string, message: string): string =>
  `An error occurred (${code}) when calling the ${operation} operation: ${message}`;

const notAuthorized = (principal: string, action: string, resource: string): string =>
  `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

describe.skipIf(version === undefined)(`the AWS CLI (${version ?? 'absent: skipped'})`, () => {
  let server: Running;
  let root: AwsCli;
  beforeAll(async () => {
    server = await startProcess(['--ephemeral', '--import', fixturesFile]);
    root = awsCli(server.url, keys.root);
  });
  afterAll(endAll);

  const fails = async (call: ReturnType<AwsCli>, line: string) => {
    const { code, stderr } = await call;
    expect(code).not.toBe(0);
    expect(stderr).toContain(line);
  };
  const withNewUser = async (admin: AwsCli, name: string): Promise<AwsCli> => {
    await admin.json(`iam create-user --user-name ${name}`);
    return awsCli(server.url, credentialsIn(await admin.json(`iam create-access-key --user-name ${name}`)));
  };

  describe.concurrent('tells', () => {
    test(
      'S0-188 S0-1 S0-7 S0-37 S0-42 S0-167 the channel story: root, administrators, mateojackson2, the document’s policy',
      { timeout },
      async () => {
        await root.json('iam create-group --group-name Admins');
        await root.json(
          'iam attach-group-policy --group-name Admins --policy-arn arn:aws:iam::aws:policy/AdministratorAccess',
        );
        const admin = await withNewUser(root, 'ana');
        await root.json('iam add-user-to-group --group-name Admins --user-name ana');
        const mateo = await withNewUser(admin, 'mateojackson2');

        const arn = `arn:aws:iam::${account}:user/mateojackson2`;
        const refusal = (resource: string, action = 'GetChannel') => notAuthorized(arn, `ivs:${action}`, resource);
        const get = () => mateo(`ivs get-channel --arn ${channelArn}`);
        await Promise.all([
          fails(get(), errorLine('AccessDeniedException', 'GetChannel', refusal(channelArn))),
          fails(
            mateo('ivs list-channels'),
            errorLine(
              'AccessDeniedException',
              'ListChannels',
              refusal(`arn:aws:ivs:${region}:${account}:channel/*`, 'ListChannels'),
            ),
          ),
        ]);

        await admin.json('iam create-policy --policy-name One --policy-document', document('ivs-access-channel'));
        await admin.json(`iam attach-user-policy --user-name mateojackson2 --policy-arn ${policyArn('One')}`);
        expect(await mateo.json(`ivs get-channel --arn ${channelArn}`)).toMatchObject({ channel: { arn: channelArn } });
        await Promise.all([
          fails(
            mateo(`ivs stop-stream --channel-arn ${channelArn}`),
            '(ChannelNotBroadcasting) when calling the StopStream operation',
          ),
          fails(
            mateo(`ivs put-metadata --channel-arn ${channelArn} --metadata hello`),
            '(ChannelNotBroadcasting) when calling the PutMetadata operation',
          ),
          fails(
            mateo(`ivs get-channel --arn ${ownedChannelArn}`),
            errorLine('AccessDeniedException', 'GetChannel', refusal(ownedChannelArn)),
          ),
        ]);
      },
    );

    test('S0-17 all nine documents are accepted unchanged', { timeout }, async () => {
      const names = readdirSync(resolve(policyFile(''), '..'))
        .filter((file) => file.endsWith('.json'))
        .map((file) => file.slice(0, -5));
      expect(names).toHaveLength(9);
      for (const name of names) {
        const answer = await root.json(`iam create-policy --policy-name ${name} --policy-document`, document(name));
        expect(answer).toMatchObject({ Policy: { Arn: policyArn(name), DefaultVersionId: 'v1' } });
      }
    });

    test('S0-162 S0-163 the tag-owner policy opens the channels tagged Owner or owner', { timeout }, async () => {
      const richard = awsCli(server.url, keys.richardRoe);
      const get = () => richard.json(`ivs get-channel --arn ${ownedChannelArn}`);
      expect(await get()).toMatchObject({ channel: { tags: { Owner: 'richard-roe' } } });
      await root.json(`ivs untag-resource --resource-arn ${ownedChannelArn} --tag-keys Owner`);
      await fails(richard(`ivs get-channel --arn ${ownedChannelArn}`), '(AccessDeniedException)');
      await root.json(`ivs tag-resource --resource-arn ${ownedChannelArn} --tags owner=richard-roe`);
      expect(await get()).toMatchObject({ channel: { tags: { owner: 'richard-roe' } } });
    });

    test(
      'S0-192 S4-28 S4-29 S4-33 S4-34 a role of another account is assumed and used, another role is not',
      { timeout },
      async () => {
        const partner = awsCli(server.url, keys.partner);
        const assume = `sts assume-role --role-session-name visit --role-arn arn:aws:iam::${account}:role`;
        await Promise.all([
          fails(
            partner(`${assume}/Other`),
            '(AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::1',
          ),
          fails(partner('kinesisvideo list-streams'), '(AccessDeniedException) when calling the ListStreams operation'),
        ]);
        const visitor = awsCli(server.url, credentialsIn(await partner.json(`${assume}/CustomRole`)));
        expect(await visitor.json('sts get-caller-identity')).toMatchObject({
          Account: account,
          Arn: `arn:aws:sts::${account}:assumed-role/CustomRole/visit`,
        });
        expect(await visitor.json('kinesisvideo describe-stream --stream-name my-stream')).toMatchObject({
          StreamInfo: { StreamARN: streamArn },
        });
        await fails(
          visitor(`kinesisvideo delete-stream --stream-arn ${streamArn}`),
          '(AccessDeniedException) when calling the DeleteStream operation',
        );
      },
    );
  });
});

describe.skipIf(version === undefined)('the README', () => {
  test('S0-1 S0-7 S0-13 its first story pastes and works', { timeout }, async () => {
    const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');
    const story = /## A first story[^]*?```sh\n([^]*?)```/.exec(readme)?.[1] ?? '';
    expect(story).toContain('127.0.0.1:4577');
    const cwd = mkdtempSync(join(scratch(), 'clone-'));
    const server = await startProcess(['--data', '.stagedoor'], { cwd });
    const script = story.replaceAll('http://127.0.0.1:4577', server.url);
    const env = { HOME: cwd, AWS_EC2_METADATA_DISABLED: 'true', AWS_PAGER: '' };
    const { code, stdout, stderr } = await runProgram('bash', ['-c', script], { cwd, env });
    await server.stop();
    // The only complaint is the one the story promises, and its words are those that the README quotes.
    const [complaint, ...more] = stderr
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    expect(more).toEqual([]);
    expect(complaint).toMatch(
      /^(?:aws: \[ERROR\]: )?An error occurred \(AccessDeniedException\) when calling the GetChannel operation: User: arn:aws:iam::\d{12}:user\/mateojackson is not authorized to perform: ivs:GetChannel on resource: arn:aws:ivs:us-west-2:\d{12}:channel\/\w{12} because no identity-based policy allows the ivs:GetChannel action$/,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('"UserName": "mateojackson"');
    expect(stdout).toMatch(/"arn": "arn:aws:ivs:us-west-2:\d{12}:channel\/\w{12}"/);
    expect(stdout).toContain('"name": "first"');
  });
});
