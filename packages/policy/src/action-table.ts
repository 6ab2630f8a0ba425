/** Action names seen in requests, folded to lower case once: a request pays for one hash of a short name. */
import type { CallerType } from './request.ts';

export interface ActionName {
  /** Lower case. */
  readonly lower: string;
  /** Distinct for every name for as long as the process lives. */
  readonly id: number;
  /** Callers whom no policy can refuse this action. */
  readonly always: ReadonlySet<CallerType> | undefined;
  /** The one thing that the root user may not do. */
  readonly forbiddenToRoot: boolean;
  /** Actions on KMS keys, whose key policy has to take part. */
  readonly needsResourcePolicy: boolean;
}

/** A name with the spelling it was last asked for in. */
interface Slot {
  readonly name: ActionName;
  spelling: string;
}

const SIZE = 8192;
const FULL = SIZE / 2;
const LONGEST = 128;

/** `sts:GetCallerIdentity` is open to every signed caller; `sts:GetSessionToken` to those who may call it at all. */
const ALWAYS: ReadonlyMap<string, ReadonlySet<CallerType>> = new Map<string, ReadonlySet<CallerType>>([
  ['sts:getcalleridentity', new Set<CallerType>(['User', 'AssumedRole', 'FederatedUser', 'Root'])],
  ['sts:getsessiontoken', new Set<CallerType>(['User', 'Root'])],
]);

let slots: (Slot | undefined)[] = [];
let count = 0;
let nextId = 0;

function hashOf(action: string): number {
  let hash = 0;
  for (let i = 0; i < action.length; i += 1) {
    const code = action.charCodeAt(i);
    hash = Math.imul(hash ^ (code >= 65 && code <= 90 ? code | 32 : code), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) & (SIZE - 1);
}

function makeName(action: string): ActionName {
  const lower = action.toLowerCase();
  nextId += 1;
  return {
    lower,
    id: nextId,
    always: ALWAYS.get(lower),
    forbiddenToRoot: lower === 'sts:assumerole',
    needsResourcePolicy: lower.startsWith('kms:'),
  };
}

/** The table starts anew when it is half full: names come from a finite list, unless someone invents them. */
function remember(action: string, at: number): ActionName {
  const name = makeName(action);
  if (count >= FULL) {
    slots = [];
    count = 0;
    return name;
  }
  slots[at] = { name, spelling: action };
  count += 1;
  return name;
}

/** The name of an action, compared ignoring case. */
export function actionNamed(action: string): ActionName {
  if (action.length > LONGEST) return makeName(action);
  let at = hashOf(action);
  for (let slot = slots[at]; slot !== undefined; slot = slots[at]) {
    if (slot.spelling === action) return slot.name;
    if (slot.name.lower.length === action.length && slot.name.lower === action.toLowerCase()) {
      slot.spelling = action;
      return slot.name;
    }
    at = (at + 1) & (SIZE - 1);
  }
  return remember(action, at);
}
