/** Finding server certificates, and what operations on them ask to be allowed. */
import type { AccessCheck } from '../service.ts';
import { tagMap } from './access.ts';
import { iamArn, pathOf } from './arns.ts';
import { serverCertificates } from './credential-records.ts';
import type { ServerCertificateRecord } from './credential-records.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { global, nameKey } from './records.ts';
import type { Tag } from './records.ts';

export const findCertificate = (call: Needs, name: string): Promise<ServerCertificateRecord | undefined> =>
  state(call).get(serverCertificates, global(call.accountId), nameKey(name));

/** The certificate, or NoSuchEntity. */
export const theCertificate = async (call: Needs<'NoSuchEntity'>, name: string): Promise<ServerCertificateRecord> =>
  (await findCertificate(call, name)) ??
  call.fail('NoSuchEntity', `The Server Certificate with name ${name} cannot be found.`);

export const certificateArn = (call: Needs, { path, name }: Pick<ServerCertificateRecord, 'path' | 'name'>): string =>
  iamArn(call, 'server-certificate', path, name);

export const saveCertificate = (call: Writes, certificate: ServerCertificateRecord): Promise<void> =>
  call.tx.put(serverCertificates, global(call.accountId), nameKey(certificate.name), certificate);

/** Check of an operation on an existing (or missing) server certificate. */
export async function onCertificate(
  call: Needs,
  name: string,
  facts: { readonly requestTags?: readonly Tag[]; readonly tagKeys?: readonly string[] } = {},
): Promise<AccessCheck> {
  const certificate = await findCertificate(call, name);
  return {
    resource: certificateArn(call, certificate ?? { path: '/', name }),
    resourceTags: tagMap(certificate?.tags ?? []),
    ...(facts.requestTags !== undefined && { requestTags: tagMap(facts.requestTags) }),
    ...(facts.tagKeys !== undefined && { tagKeys: facts.tagKeys }),
  };
}

/** Renaming and moving is asked of the old and of the new ARN. */
export async function onCertificateMove(
  call: Needs,
  from: string,
  to: { readonly name: string | undefined; readonly path: string | undefined },
): Promise<readonly AccessCheck[]> {
  const certificate = await findCertificate(call, from);
  const path = to.path === undefined ? (certificate?.path ?? '/') : pathOf(call, to.path);
  const target = certificateArn(call, { path, name: to.name ?? certificate?.name ?? from });
  const check = await onCertificate(call, from);
  return target === check.resource ? [check] : [check, { ...check, resource: target }];
}
