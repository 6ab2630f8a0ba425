/** Keys, certificates and service credentials over the wire, with the stock SDK: the shapes that clients see. */
import {
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeleteSSHPublicKeyCommand,
  DeleteServerCertificateCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteSigningCertificateCommand,
  DeleteUserCommand,
  DeleteVirtualMFADeviceCommand,
  GetAccountSummaryCommand,
  GetSSHPublicKeyCommand,
  GetServerCertificateCommand,
  ListMFADeviceTagsCommand,
  ListMFADevicesCommand,
  ListSSHPublicKeysCommand,
  ListServerCertificateTagsCommand,
  ListServerCertificatesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListVirtualMFADevicesCommand,
  ResetServiceSpecificCredentialCommand,
  TagMFADeviceCommand,
  TagServerCertificateCommand,
  UpdateSSHPublicKeyCommand,
  UpdateServerCertificateCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
  UploadServerCertificateCommand,
  UploadSigningCertificateCommand,
} from '@aws-sdk/client-iam';
import type { IAMClient } from '@aws-sdk/client-iam';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCertificate } from '../packages/server/src/services/iam/certificates.testkit.ts';
import { clientsFor, refusal } from './support/clients.ts';
import { account, keys, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const UserName = 'carl';
const Tags = [{ Key: 'Team', Value: 'tv' }];
let server: TestServer;
let iam: IAMClient;
beforeAll(async () => {
  server = await testServer();
  iam = clientsFor(server.url, keys.root).iam;
  await iam.send(new CreateUserCommand({ UserName }));
});
afterAll(() => server.close());

test('SSH public keys', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const SSHPublicKeyBody = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const { SSHPublicKey } = await iam.send(new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody }));
  expect(SSHPublicKey).toMatchObject({ UserName, SSHPublicKeyBody, Status: 'Active' });
  const one = { UserName, SSHPublicKeyId: SSHPublicKey!.SSHPublicKeyId! };
  const got = await iam.send(new GetSSHPublicKeyCommand({ ...one, Encoding: 'SSH' }));
  expect(got.SSHPublicKey?.SSHPublicKeyBody).toMatch(/^ssh-rsa AAAA/);
  await iam.send(new UpdateSSHPublicKeyCommand({ ...one, Status: 'Inactive' }));
  const { SSHPublicKeys } = await iam.send(new ListSSHPublicKeysCommand({ UserName }));
  expect(SSHPublicKeys).toEqual([{ ...one, Status: 'Inactive', UploadDate: SSHPublicKey!.UploadDate }]);
  await iam.send(new DeleteSSHPublicKeyCommand(one));
  expect(await refusal(iam.send(new DeleteSSHPublicKeyCommand(one)))).toMatchObject({ status: 404 });
});

test('signing and server certificates', async () => {
  const { cert: CertificateBody, key: PrivateKey } = await newCertificate('tv', Date.now() - 86_400_000, {});
  const { Certificate } = await iam.send(new UploadSigningCertificateCommand({ UserName, CertificateBody }));
  const one = { UserName, CertificateId: Certificate!.CertificateId! };
  await iam.send(new UpdateSigningCertificateCommand({ ...one, Status: 'Inactive' }));
  const { Certificates } = await iam.send(new ListSigningCertificatesCommand({ UserName }));
  expect(Certificates).toEqual([{ ...Certificate, Status: 'Inactive' }]);
  await iam.send(new DeleteSigningCertificateCommand(one));

  const ServerCertificateName = 'tv';
  const input = { ServerCertificateName, CertificateBody, PrivateKey };
  const { ServerCertificateMetadata } = await iam.send(new UploadServerCertificateCommand(input));
  expect(ServerCertificateMetadata?.Arn).toBe(`arn:aws:iam::${account}:server-certificate/tv`);
  expect(await refusal(iam.send(new UploadServerCertificateCommand(input)))).toMatchObject({
    name: 'EntityAlreadyExistsException',
    status: 409,
  });
  const plain = await iam.send(new GetServerCertificateCommand({ ServerCertificateName }));
  expect(plain.ServerCertificate).toEqual({ ServerCertificateMetadata, CertificateBody, Tags: [] });
  await iam.send(new TagServerCertificateCommand({ ServerCertificateName, Tags }));
  expect((await iam.send(new ListServerCertificateTagsCommand({ ServerCertificateName }))).Tags).toEqual(Tags);
  await iam.send(new UpdateServerCertificateCommand({ ServerCertificateName, NewPath: '/cloudfront/' }));
  const listed = await iam.send(new ListServerCertificatesCommand({ PathPrefix: '/cloudfront/' }));
  expect(listed.ServerCertificateMetadataList?.map(({ ServerCertificateName: name }) => name)).toEqual(['tv']);
  await iam.send(new DeleteServerCertificateCommand({ ServerCertificateName }));
});

test('service-specific credentials', async () => {
  const wanted = { UserName, ServiceName: 'bedrock.amazonaws.com', CredentialAgeDays: 1 };
  const { ServiceSpecificCredential } = await iam.send(new CreateServiceSpecificCredentialCommand(wanted));
  expect(ServiceSpecificCredential?.ExpirationDate).toBeInstanceOf(Date);
  const one = { UserName, ServiceSpecificCredentialId: ServiceSpecificCredential!.ServiceSpecificCredentialId! };
  const reset = await iam.send(new ResetServiceSpecificCredentialCommand(one));
  expect(reset.ServiceSpecificCredential?.ServiceCredentialSecret).toMatch(/^ABSK/);
  await iam.send(new UpdateServiceSpecificCredentialCommand({ ...one, Status: 'Inactive' }));
  const all = await iam.send(new ListServiceSpecificCredentialsCommand({ AllUsers: true }));
  expect(all.ServiceSpecificCredentials).toMatchObject([{ ...one, Status: 'Inactive' }]);
  const none = new CreateServiceSpecificCredentialCommand({ UserName, ServiceName: 'x' });
  expect(await refusal(iam.send(none))).toMatchObject({ status: 404 });
  expect(await refusal(iam.send(new DeleteUserCommand({ UserName })))).toMatchObject({ status: 409 });
  await iam.send(new DeleteServiceSpecificCredentialCommand(one));
});

test('MFA devices and their tags', async () => {
  const made = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'd', Path: '/tv/', Tags }));
  const SerialNumber = made.VirtualMFADevice!.SerialNumber!;
  await iam.send(new TagMFADeviceCommand({ SerialNumber, Tags: [{ Key: 'More', Value: '' }] }));
  const { Tags: listed } = await iam.send(new ListMFADeviceTagsCommand({ SerialNumber }));
  expect(listed).toEqual([{ Key: 'More', Value: '' }, ...Tags]);
  const { VirtualMFADevices } = await iam.send(new ListVirtualMFADevicesCommand({ AssignmentStatus: 'Unassigned' }));
  expect(VirtualMFADevices).toEqual([{ SerialNumber }]);
  expect((await iam.send(new ListMFADevicesCommand({ UserName }))).MFADevices).toEqual([]);
  expect((await iam.send(new GetAccountSummaryCommand({}))).SummaryMap).toMatchObject({ MFADevices: 1 });
  await iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }));
});

test('no secret reaches the log', () => {
  expect(server.logLines.join('')).not.toMatch(/PRIVATE KEY|ABSK/);
});
