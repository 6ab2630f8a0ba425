import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { account, noon, openIam, type Asker, type World } from './iam.testkit.ts';
import { bodyIn, encodingOf, fingerprintOf, spkiOf } from './ssh-key-forms.ts';

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).publicKey;
const pemOf = (key: ReturnType<typeof rsa>) => key.export({ format: 'pem', type: 'spki' }).toString();

/** A length-prefixed field of RFC 4253. */
function field(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** The key as OpenSSH writes it, made here from its numbers (RFC 4253 6.6). */
function sshOf(key: ReturnType<typeof rsa>): string {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const number = (text: string) => {
    const bytes = Buffer.from(text, 'base64url');
    return field((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
  };
  return `ssh-rsa ${Buffer.concat([field(Buffer.from('ssh-rsa')), number(e), number(n)]).toString('base64')}`;
}

const key = rsa(2048);
const pem = pemOf(key);
const ssh = sshOf(key);
let others: readonly string[];
beforeAll(() => {
  others = [1, 2, 3, 4, 5].map(() => sshOf(rsa(2048)));
});

describe('encodings', () => {
  test('one key is the same however it is encoded, and each encoding is made of the other', () => {
    const spki = spkiOf(ssh, 'SSH')!;
    expect(spkiOf(`${ssh} bob@example.com`, 'SSH')).toBe(spki);
    expect(spkiOf(pem, 'PEM')).toBe(spki);
    expect(spkiOf(key.export({ format: 'pem', type: 'pkcs1' }).toString(), 'PEM')).toBe(spki);
    expect(bodyIn('PEM', ssh, spki)).toBe(pem);
    expect(bodyIn('SSH', pem, spki)).toBe(ssh);
    expect(bodyIn('SSH', `${ssh} bob@example.com`, spki)).toBe(`${ssh} bob@example.com`);
  });

  test('the fingerprint is the MD5 of the DER in pairs', () => {
    const der = createPublicKey(pem).export({ format: 'der', type: 'spki' });
    const print = fingerprintOf(der.toString('base64'));
    expect(print).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    expect(print.replaceAll(':', '')).toBe(createHash('md5').update(der).digest('hex'));
  });

  const ed25519 = generateKeyPairSync('ed25519');
  test.each([
    ['a short key', pemOf(rsa(1024)), 'PEM'],
    ['another kind of key', ed25519.publicKey.export({ format: 'pem', type: 'spki' }).toString(), 'PEM'],
    ['a truncated key', ssh.slice(0, 100), 'SSH'],
    ['no base64', 'ssh-rsa !!!!', 'SSH'],
    ['an empty PEM block', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n', 'PEM'],
  ] as const)('%s is none', (_, body, encoding) => {
    expect(encodingOf(body)).toBe(encoding);
    expect(spkiOf(body, encoding)).toBeUndefined();
  });

  test.each([ed25519.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'hello', '{}', 'ssh-rsa'])(
    '%j is in no encoding of ours',
    (body) => {
      expect(encodingOf(body)).toBeUndefined();
    },
  );
});

const UserName = 'bob';
let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName });
  await root.ask('CreateUser', { UserName: 'amy' });
});
const upload = async (SSHPublicKeyBody: string, to = UserName) =>
  (await root.ask('UploadSSHPublicKey', { UserName: to, SSHPublicKeyBody })).SSHPublicKey!;

describe('SSH public keys of users', () => {
  test('are uploaded, read in either encoding, listed without the key, and deleted', async () => {
    const made = await upload(ssh, 'BOB');
    expect(made).toEqual({
      UserName,
      SSHPublicKeyId: expect.stringMatching(/^APKA[A-Z2-7]{17}$/),
      Fingerprint: fingerprintOf(spkiOf(ssh, 'SSH')!),
      SSHPublicKeyBody: ssh,
      Status: 'Active',
      UploadDate: new Date(noon),
    });
    const { SSHPublicKeyId } = made;
    const read = await root.ask('GetSSHPublicKey', { UserName, SSHPublicKeyId, Encoding: 'PEM' });
    expect(read.SSHPublicKey).toEqual({ ...made, SSHPublicKeyBody: pem });
    await root.ask('UpdateSSHPublicKey', { UserName, SSHPublicKeyId, Status: 'Inactive' });
    expect(await root.ask('ListSSHPublicKeys', { UserName })).toEqual({
      SSHPublicKeys: [{ UserName, SSHPublicKeyId, Status: 'Inactive', UploadDate: new Date(noon) }],
      IsTruncated: false,
    });
    expect(await root.refusal('DeleteUser', { UserName })).toBe(
      'DeleteConflict: Cannot delete entity, must remove referenced objects first.',
    );
    await root.ask('DeleteSSHPublicKey', { UserName, SSHPublicKeyId });
    expect(await root.refusal('DeleteSSHPublicKey', { UserName, SSHPublicKeyId })).toBe(
      `NoSuchEntity: The Public Key with id ${SSHPublicKeyId} cannot be found.`,
    );
  });

  test('a key is refused to a user who has it in whatever encoding, not to another', async () => {
    await upload(ssh);
    expect(await root.refusal('UploadSSHPublicKey', { UserName, SSHPublicKeyBody: pem })).toMatch(
      /^DuplicateSSHPublicKey: /,
    );
    await upload(pem, 'amy');
  });

  test('what is no key is refused by what is wrong with it', async () => {
    const refusal = (SSHPublicKeyBody: string) => root.refusal('UploadSSHPublicKey', { UserName, SSHPublicKeyBody });
    expect(await refusal('hello')).toMatch(/^UnrecognizedPublicKeyEncoding: /);
    expect(await refusal(ssh.slice(0, 100))).toMatch(/^InvalidPublicKey: /);
  });

  test('five at most', async () => {
    for (const body of others) await upload(body);
    expect(await root.refusal('UploadSSHPublicKey', { UserName, SSHPublicKeyBody: ssh })).toBe(
      'LimitExceeded: Cannot exceed quota for SSHPublicKeysPerUser: 5',
    );
    const { SSHPublicKeys, Marker } = await root.ask('ListSSHPublicKeys', { UserName, MaxItems: 3 });
    const rest = await root.ask('ListSSHPublicKeys', { UserName, Marker });
    expect(new Set([...SSHPublicKeys!, ...rest.SSHPublicKeys!].map((k) => k.SSHPublicKeyId)).size).toBe(5);
  });

  test('a key of another user is not found, and a status of AWS alone cannot be set', async () => {
    const { SSHPublicKeyId } = await upload(ssh);
    expect(await root.refusal('GetSSHPublicKey', { UserName: 'amy', SSHPublicKeyId, Encoding: 'SSH' })).toMatch(
      /^NoSuchEntity: The Public Key/,
    );
    const expire = { UserName, SSHPublicKeyId, Status: 'Expired' } as const;
    expect(await root.refusal('UpdateSSHPublicKey', expire)).toBe(
      "ValidationError: 1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
    );
  });

  test('the root user has none of its own', async () => {
    expect(await root.refusal('ListSSHPublicKeys', {})).toBe(
      'ValidationError: Must specify userName when calling with non-User credentials',
    );
    expect((await root.ask('GetUser', {})).User.UserId).toBe(account);
  });
});
