/** The facts of a request as condition keys: which keys exist for whom (spec/sts.md 7, spec/policy.md 7). */
import type { AnyOf, ContextValue, RequestContext } from '@stagedoor/policy';
import type { Caller } from './caller.ts';
import type { AccessCheck } from './service.ts';

/** What the door knows of a request before any service does. */
export interface RequestFacts {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly secure: boolean;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  readonly referer: string | undefined;
  /** Region of the credential scope; `us-east-1` for global services. */
  readonly region: string;
}

type Fact = (facts: RequestFacts, caller: Caller, check: AccessCheck) => ContextValue | undefined;

const principalTypes: Readonly<Record<Caller['kind'], string>> = {
  root: 'Account',
  user: 'User',
  assumedRole: 'AssumedRole',
  federatedUser: 'FederatedUser',
  anonymous: 'Anonymous',
};

const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const signed = (caller: Caller, value: string): string | undefined => (caller.kind === 'anonymous' ? undefined : value);

/** When MFA was used: with this request, or for the GetSessionToken session it is made with (spec/sts.md 2.2.7). */
const mfaTime = ({ kind, session }: Caller, check: AccessCheck): number | undefined =>
  check.mfaAt ?? (kind === 'assumedRole' ? undefined : session?.mfaAt);

function mfaPresent(caller: Caller, check: AccessCheck): string | undefined {
  if (mfaTime(caller, check) !== undefined) return 'true';
  // Long-term keys have no such key at all.
  return caller.session === undefined ? undefined : 'false';
}

function mfaAge(now: number, caller: Caller, check: AccessCheck): string | undefined {
  const at = mfaTime(caller, check);
  return at === undefined ? undefined : String(Math.floor((now - at) / 1000));
}

/** One row per global key: its name as AWS writes it, and where its value comes from. */
const globalKeys: readonly (readonly [string, Fact])[] = [
  ['aws:CurrentTime', (f) => iso(f.now)],
  ['aws:EpochTime', (f) => String(Math.floor(f.now / 1000))],
  ['aws:SecureTransport', (f) => String(f.secure)],
  ['aws:SourceIp', (f) => f.sourceIp],
  ['aws:UserAgent', (f) => f.userAgent],
  ['aws:Referer', (f) => f.referer],
  ['aws:RequestedRegion', (f) => f.region],
  ['aws:ViaAWSService', (_, __, check) => String(check.viaService === true)],
  ['aws:userid', (_, c) => c.userId],
  ['aws:username', (_, c) => c.userName],
  ['aws:PrincipalArn', (_, c) => signed(c, c.roleArn ?? c.arn)],
  ['aws:PrincipalAccount', (_, c) => signed(c, c.accountId)],
  ['aws:PrincipalType', (_, c) => principalTypes[c.kind]],
  ['aws:PrincipalIsAWSService', (_, c) => signed(c, 'false')],
  ['aws:TokenIssueTime', (_, c) => (c.session === undefined ? undefined : iso(c.session.issuedAt))],
  ['aws:MultiFactorAuthPresent', (_, c, check) => mfaPresent(c, check)],
  ['aws:MultiFactorAuthAge', (f, c, check) => mfaAge(f.now, c, check)],
  ['aws:SourceIdentity', (_, c) => c.session?.sourceIdentity],
];

const factByKey: ReadonlyMap<string, Fact> = new Map(globalKeys.map(([name, fact]) => [name.toLowerCase(), fact]));

type Folded = ReadonlyMap<string, string | AnyOf>;
const noTags: Folded = new Map();

/** Lower-cased keys; names that differ only in case become alternatives (S0-165). */
function fold(tags: Readonly<Record<string, string>> | undefined): Folded {
  if (tags === undefined) return noTags;
  const folded = new Map<string, string | AnyOf>();
  for (const [key, value] of Object.entries(tags)) {
    const name = key.toLowerCase();
    const other = folded.get(name);
    if (other === undefined) folded.set(name, value);
    else folded.set(name, { anyOf: typeof other === 'string' ? [other, value] : [...other.anyOf, value] });
  }
  return folded;
}

/** The context of one (action, resource) pair. Values are computed when a policy asks for them. */
export class CallContext implements RequestContext {
  readonly #facts: RequestFacts;
  readonly #caller: Caller;
  readonly #check: AccessCheck;
  readonly #resourceAccount: string;
  #resourceTags: Folded | undefined;
  #requestTags: Folded | undefined;
  #principalTags: Folded | undefined;
  #own: ReadonlyMap<string, ContextValue> | undefined;

  constructor(facts: RequestFacts, caller: Caller, check: AccessCheck, resourceAccount: string) {
    this.#facts = facts;
    this.#caller = caller;
    this.#check = check;
    this.#resourceAccount = resourceAccount;
  }

  get(key: string): ContextValue | undefined {
    const fact = factByKey.get(key);
    if (fact !== undefined) return fact(this.#facts, this.#caller, this.#check);
    if (key === 'aws:resourceaccount') return this.#resourceAccount;
    if (key === 'aws:tagkeys') return this.#tagKeys();
    const slash = key.indexOf('/');
    return slash < 0 ? this.#service(key) : this.#tag(key.slice(0, slash), key.slice(slash + 1), key);
  }

  /** Every key of this request with its value, names as AWS writes them. */
  *entries(): Generator<readonly [string, ContextValue]> {
    for (const [name, fact] of globalKeys) {
      const value = fact(this.#facts, this.#caller, this.#check);
      if (value !== undefined) yield [name, value];
    }
    yield ['aws:ResourceAccount', this.#resourceAccount];
    const tagKeys = this.#tagKeys();
    if (tagKeys !== undefined) yield ['aws:TagKeys', tagKeys];
    yield* tagEntries('aws:PrincipalTag/', this.#caller.tags);
    yield* tagEntries('aws:RequestTag/', this.#check.requestTags);
    yield* tagEntries('aws:ResourceTag/', this.#check.resourceTags);
    yield* Object.entries(this.#check.context ?? {});
  }

  #tagKeys(): readonly string[] | undefined {
    const { tagKeys, requestTags } = this.#check;
    return tagKeys ?? (requestTags === undefined ? undefined : Object.keys(requestTags));
  }

  #tag(family: string, name: string, key: string): ContextValue | undefined {
    switch (family) {
      case 'iam:resourcetag':
        // On IAM entities both names give the same tags; elsewhere this key does not exist.
        return this.#check.resource.includes(':iam::') ? this.#resourceTag(name) : undefined;
      case 'aws:resourcetag':
        return this.#resourceTag(name);
      case 'aws:requesttag':
        return (this.#requestTags ??= fold(this.#check.requestTags)).get(name);
      case 'aws:principaltag':
        return (this.#principalTags ??= fold(this.#caller.tags)).get(name);
      default:
        return this.#service(key);
    }
  }

  #resourceTag(name: string): ContextValue | undefined {
    return (this.#resourceTags ??= fold(this.#check.resourceTags)).get(name);
  }

  #service(key: string): ContextValue | undefined {
    const { context } = this.#check;
    if (context === undefined) return undefined;
    this.#own ??= new Map(Object.entries(context).map(([name, value]) => [name.toLowerCase(), value]));
    return this.#own.get(key);
  }
}

function* tagEntries(prefix: string, tags: Readonly<Record<string, string>> | undefined): Generator<[string, string]> {
  for (const [key, value] of Object.entries(tags ?? {})) yield [prefix + key, value];
}
