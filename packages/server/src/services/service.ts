/** How a service is written: one row per AWS operation. Everything else follows from the model. */
import type { PolicySet } from '@stagedoor/policy';
import type { Reader, Transaction } from '../store/store.ts';
import type { Caller } from './caller.ts';
import type { Environment } from './environment.ts';

/** What the generated model says of one operation. */
export interface OperationTypes {
  readonly input: object;
  readonly output: object;
  /** Codes of the errors that the operation declares. */
  readonly errors: string;
}

type Awaitable<T> = T | Promise<T>;

/** One (action, resource) pair that must be allowed before the operation runs. */
export interface AccessCheck {
  /** Defaults to `<iam prefix>:<operation name>`. */
  readonly action?: string;
  /** A full ARN, or `*` where the action has no resource type. */
  readonly resource: string;
  /** What the denial sentence prints where AWS prints something else than the ARN (IAM: `user bob`). */
  readonly resourceText?: string;
  /** Owner of the resource; defaults to the account in the ARN, then to the caller's. */
  readonly resourceAccount?: string;
  /** Tags on the existing resource: `aws:ResourceTag/k` (and `iam:ResourceTag/k` for action prefix iam and sts). */
  readonly resourceTags?: Readonly<Record<string, string>>;
  /** Tags in the request: `aws:RequestTag/k` and `aws:TagKeys`. */
  readonly requestTags?: Readonly<Record<string, string>>;
  /** `aws:TagKeys` where only keys are sent (untagging). */
  readonly tagKeys?: readonly string[];
  /** Service-specific condition keys of this check, names as AWS writes them. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** A resource-based policy on the resource; `trust` marks a role trust policy. */
  readonly resourcePolicy?: PolicySet;
  readonly trust?: boolean;
  /** When an MFA code that came with this very request was accepted (milliseconds): the MFA keys tell of it. */
  readonly mfaAt?: number;
  /** A service asks with its caller's rights, for a call that it is about to make: `aws:ViaAWSService` is true. */
  readonly viaService?: boolean;
}

/** Codes that every operation of a protocol family may answer without declaring them. */
export type CommonError =
  | 'AccessDenied'
  | 'AccessDeniedException'
  | 'ValidationError'
  | 'InvalidParameterValue'
  | 'ValidationException'
  | 'ServiceFailure'
  | 'InternalServerException';

/** What a handler is given besides its input. */
export interface Call<T extends OperationTypes = OperationTypes> {
  readonly caller: Caller;
  readonly accountId: string;
  /** Region of the request (credential scope). */
  readonly region: string;
  readonly requestId: string;
  /** Milliseconds since the epoch: one instant for the whole request. */
  readonly now: number;
  /** Committed state; in `read` handlers and `access` functions. It may be served from memory (at most a second old). */
  readonly reader: Reader;
  /** Clock, randomness, sealing, settings and the other services' narrow interfaces. */
  readonly env: Environment;
  /** Refuses the call; `members` are further modelled members of the error. Statuses come from the model. */
  fail(code: T['errors'] | CommonError, message: string, members?: Readonly<Record<string, unknown>>): never;
}

/** As `Call`, inside one store transaction of the caller's account. */
export interface WriteCall<T extends OperationTypes = OperationTypes> extends Call<T> {
  readonly tx: Transaction;
}

interface RowBase<T extends OperationTypes> {
  /** What must be allowed; `'none'` only where AWS asks nothing (sts:GetCallerIdentity). All pairs must be allowed. */
  readonly access: 'none' | ((input: T['input'], call: Call<T>) => Awaitable<AccessCheck | readonly AccessCheck[]>);
}

/** One AWS operation: `read` answers from committed state, `write` runs in a transaction. */
export type Row<T extends OperationTypes> = RowBase<T> &
  (
    | { readonly read: (input: T['input'], call: Call<T>) => Awaitable<T['output']> }
    | { readonly write: (input: T['input'], call: WriteCall<T>) => Awaitable<T['output']> }
  );

export type Rows<M extends { [K in keyof M]: OperationTypes }> = { readonly [K in keyof M]?: Row<M[K]> };

/** Types the rows of one file of a service against its generated model. */
export const operationsOf =
  <M extends { [K in keyof M]: OperationTypes }>() =>
  <R extends Rows<M>>(rows: R): R =>
    rows;

/** A refusal that the client reads. Made by `call.fail` only. */
export class AwsError extends Error {
  readonly code: string;
  readonly members: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.members = members;
  }
}
