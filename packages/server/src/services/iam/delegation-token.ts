/** The token that an accepted delegation request is traded in for credentials with, and how it reaches the requestor. */
import type { Random } from '../environment.ts';
import type { Sealer } from '../../sealing.ts';
import type { Transaction } from '../../store/store.ts';

/** What the requestor is told when a token is sent. */
export interface DelegationNotice {
  readonly requestorId: string;
  /** ARN of the SNS topic that the requestor named. */
  readonly channel: string;
  readonly delegationRequestId: string;
  readonly tradeInToken: string;
}

/** Whoever delivers notices. A notice is taken in the transaction that makes its token, and delivered after it. */
export interface DelegationNotices {
  post(tx: Transaction, notice: DelegationNotice): Promise<void>;
}

export interface TradeIn {
  readonly token: string;
  /** Kept with the request: a token with another one is not the request's. */
  readonly nonce: string;
}

/** A token that says nothing to its holder. */
export function newTradeIn(env: { readonly random: Random; readonly sealer: Sealer }, requestId: string): TradeIn {
  const nonce = env.random.bytes(16).toString('hex');
  return { nonce, token: env.sealer.seal(Buffer.from(JSON.stringify({ requestId, nonce })), 'delegation-token') };
}
