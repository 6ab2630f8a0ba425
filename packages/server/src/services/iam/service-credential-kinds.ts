/** Which services take credentials of their own, and of what form (spec/iam.md 6.11). */
import type { Random } from '../environment.ts';
import { alphanumerics } from '../random-text.ts';

export interface ServiceKind {
  /** Whether its credentials may be given an end. */
  readonly expires: boolean;
  /** A fresh secret, 178 bits or more. */
  readonly secret: (login: string, random: Random) => string;
  /** Output members that carry the name at the service, and the secret. */
  readonly loginMember: (login: string) => { ServiceUserName: string } | { ServiceCredentialAlias: string };
  readonly secretMember: (secret: string) => { ServicePassword: string } | { ServiceCredentialSecret: string };
}

/** Git and CQL clients: user name and password. */
const password: ServiceKind = {
  expires: false,
  secret: (_, random) => random.bytes(32).toString('base64'),
  loginMember: (ServiceUserName) => ({ ServiceUserName }),
  secretMember: (ServicePassword) => ({ ServicePassword }),
};

/** A key that alone proves who calls: its prefix, then name and secret in base64. */
const apiKey = (prefix: string): ServiceKind => ({
  expires: true,
  secret: (login, random) => prefix + Buffer.from(`${login}:${alphanumerics(random, 44)}`).toString('base64'),
  loginMember: (ServiceCredentialAlias) => ({ ServiceCredentialAlias }),
  secretMember: (ServiceCredentialSecret) => ({ ServiceCredentialSecret }),
});

const kinds: ReadonlyMap<string, ServiceKind> = new Map([
  ['codecommit.amazonaws.com', password],
  ['cassandra.amazonaws.com', password],
  ['bedrock.amazonaws.com', apiKey('ABSK')],
  ['logs.amazonaws.com', apiKey('ACWL')],
]);

/** The kind of credentials that a service takes, or `undefined`. */
export const serviceOf = (serviceName: string): ServiceKind | undefined => kinds.get(serviceName);
