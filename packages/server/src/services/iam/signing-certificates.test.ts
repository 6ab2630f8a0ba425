import { beforeAll, beforeEach, expect, test } from 'vitest';
import { newCertificate } from './certificates.testkit.ts';
import { noon, openIam, type Asker, type World } from './iam.testkit.ts';

const day = 86_400_000;
const UserName = 'bob';
let bodies: readonly string[];
const body = (index: number): string => bodies.at(index) ?? '';
beforeAll(async () => {
  const made = ['a', 'b', 'c'].map((name) => newCertificate(name, noon - day, {}));
  bodies = (await Promise.all(made)).map(({ cert }) => cert);
});

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName });
});
const upload = (index: number, to?: string) =>
  root.ask('UploadSigningCertificate', {
    CertificateBody: body(index),
    ...(to === undefined ? {} : { UserName: to }),
  });

test('certificates are uploaded, listed by age, made inactive and deleted', async () => {
  const { Certificate } = await upload(0, 'BOB');
  expect(Certificate).toEqual({
    UserName,
    CertificateId: expect.stringMatching(/^[A-Z0-9]{32}$/),
    CertificateBody: body(0),
    Status: 'Active',
    UploadDate: new Date(noon),
  });
  world.now += 1000;
  await upload(1, UserName);
  const { CertificateId } = Certificate;
  await root.ask('UpdateSigningCertificate', { UserName, CertificateId, Status: 'Inactive' });
  const { Certificates } = await root.ask('ListSigningCertificates', { UserName });
  expect(Certificates.map(({ Status }) => Status)).toEqual(['Inactive', 'Active']);
  expect(await root.refusal('DeleteUser', { UserName })).toBe(
    'DeleteConflict: Cannot delete entity, must delete certificates first.',
  );
  await root.ask('DeleteSigningCertificate', { UserName, CertificateId });
  expect(await root.refusal('DeleteSigningCertificate', { UserName, CertificateId })).toBe(
    `NoSuchEntity: The Certificate with id ${CertificateId} cannot be found.`,
  );
});

test('a certificate belongs to one user of the account; a user has two at most', async () => {
  await root.ask('CreateUser', { UserName: 'amy' });
  await upload(0, UserName);
  const again = { CertificateBody: `\n${body(0)}\n`, UserName: 'amy' };
  expect(await root.refusal('UploadSigningCertificate', again)).toMatch(/^DuplicateCertificate: /);
  await upload(1, UserName);
  const third = { CertificateBody: body(2), UserName };
  expect(await root.refusal('UploadSigningCertificate', third)).toBe(
    'LimitExceeded: Cannot exceed quota for CertificatesPerUser: 2',
  );
});

test('what does not parse is malformed, what is out of date invalid', async () => {
  expect(await root.refusal('UploadSigningCertificate', { UserName, CertificateBody: 'hello' })).toBe(
    'MalformedCertificate: Certificate hello is malformed.',
  );
  world.now += 400 * day;
  const late = { UserName, CertificateBody: body(0) };
  expect(await root.refusal('UploadSigningCertificate', late)).toMatch(/^InvalidCertificate: /);
});

test('the root user can have some', async () => {
  await upload(0);
  expect((await root.ask('ListSigningCertificates', {})).Certificates).toMatchObject([{ UserName: 'root' }]);
  expect((await root.ask('ListSigningCertificates', { UserName })).Certificates).toEqual([]);
  expect((await root.ask('GetAccountSummary', {})).SummaryMap?.AccountSigningCertificatesPresent).toBe(1);
});
