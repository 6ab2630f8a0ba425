/** What is asked of the engine: who wants to do what to which resource, and the facts around it. */

/**
 * Key → value. Keys are compared ignoring case; a list marks a multivalued key even with one member.
 * `get` is given the key in lower case. Never hold a key whose value is not known.
 */
export interface RequestContext {
  get(lowerCaseKey: string): ContextValue | undefined;
  /** All entries, keys as they should be shown. For explanations and records. */
  entries(): Iterable<readonly [string, ContextValue]>;
}

/**
 * `AnyOf` holds the values of one single-valued key that exists several times under names that differ
 * only in case (tags `Owner` and `owner`): a plain operator is satisfied when any of them satisfies it.
 */
export type ContextValue = string | readonly string[] | AnyOf;
export interface AnyOf {
  readonly anyOf: readonly string[];
}

export type CallerType =
  | 'User'
  | 'AssumedRole'
  | 'FederatedUser'
  | 'Root'
  | 'Service'
  | 'Anonymous'
  /** Web identity or SAML, in trust evaluations. */
  | 'Federated';

export interface Principal {
  readonly type: CallerType;
  /** User, session, federated-user or root ARN. */
  readonly arn?: string;
  readonly accountId?: string;
  /** AIDA… of a user, AROA… of a session's role: trust policies that were saved with ids compare these. */
  readonly uniqueId?: string;
  /** For sessions: ARN (with path) of the role. */
  readonly roleArn?: string;
  /** For GetFederationToken sessions: the federating user. */
  readonly federatingUserArn?: string;
  /** For services: their principal names (`ivs.amazonaws.com`). */
  readonly services?: readonly string[];
  /** For web identity and SAML: the provider. */
  readonly federatedProvider?: string;
  readonly serviceLinkedRole?: boolean;
}

export interface AccessRequest {
  readonly principal: Principal;
  /** `ivs:GetChannel` */
  readonly action: string;
  /** A full ARN, or `*` when the action has no resource type. */
  readonly resource: string;
  /** Account that owns the resource; defaults to the one in the ARN, then to the principal's. */
  readonly resourceAccount?: string;
  readonly context: RequestContext;
}
