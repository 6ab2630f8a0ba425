/** Who signed a request, as authentication establishes it. */
type CallerKind = 'root' | 'user' | 'assumedRole' | 'federatedUser' | 'anonymous';

/** What a sealed session token carries. Times in milliseconds since the epoch. */
export interface SessionClaims {
  readonly kind: 'assumedRole' | 'federatedUser' | 'user' | 'root';
  readonly accountId: string;
  /** Unique id of the role (AROA…) or user (AIDA…); the account id for root. */
  readonly principalId: string;
  /** Role session name or federated user name. */
  readonly sessionName?: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly sourceIdentity?: string;
  readonly sessionTags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  /** Session policies: JSON text of the inline policy, ARNs of the managed ones. */
  readonly inlinePolicy?: string;
  readonly policyArns?: readonly string[];
  /** Whether MFA was used when the session was made, and when (GetSessionToken). */
  readonly mfaAt?: number;
  /** Serial number of the device that made the code: the session loses its MFA with it. */
  readonly mfaSerial?: string;
  /** How many roles were assumed in a row to get here. */
  readonly chain: number;
  /** Access key that asked for this session, to revoke with it. */
  readonly parentAccessKeyId?: string;
}

export interface Caller {
  readonly kind: CallerKind;
  /** '' for anonymous. */
  readonly accountId: string;
  /** As GetCallerIdentity prints it; session ARN for sessions; '' for anonymous. */
  readonly arn: string;
  /** `aws:userid`: AIDA…, AROA…:session, account id, account:name or `anonymous`. */
  readonly userId: string;
  readonly accessKeyId: string;
  /** AIDA… or AROA…; the account id for root. */
  readonly principalId: string;
  /** IAM user name (users and their GetSessionToken sessions only). */
  readonly userName?: string;
  /** ARN with path of the assumed role. */
  readonly roleArn?: string;
  readonly session?: SessionClaims;
  /** Tags of the principal: user tags, or role tags overlaid by session tags. */
  readonly tags: Readonly<Record<string, string>>;
}
