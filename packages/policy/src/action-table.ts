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

/** Names and spellings kept; beyond, the tables start anew. */
const MOST = 4096;
const LONGEST = 128;

/** `sts:GetCallerIdentity` is open to every signed caller; `sts:GetSessionToken` to those who may call it at all. */
const ALWAYS: ReadonlyMap<string, ReadonlySet<CallerType>> = new Map<string, ReadonlySet<CallerType>>([
  ['sts:getcalleridentity', new Set<CallerType>(['User', 'AssumedRole', 'FederatedUser', 'Root'])],
  ['sts:getsessiontoken', new Set<CallerType>(['User', 'Root'])],
]);

const bySpelling = new Map<string, ActionName>();
const byLowerCase = new Map<string, ActionName>();
let nextId = 0;

function makeName(lower: string): ActionName {
  nextId += 1;
  return {
    lower,
    id: nextId,
    always: ALWAYS.get(lower),
    forbiddenToRoot: lower === 'sts:assumerole',
    needsResourcePolicy: lower.startsWith('kms:'),
  };
}

/** Names come from a finite list, unless someone invents them. */
function remember(action: string): ActionName {
  if (bySpelling.size >= MOST) {
    bySpelling.clear();
    byLowerCase.clear();
  }
  const lower = action.toLowerCase();
  const name = byLowerCase.get(lower) ?? makeName(lower);
  byLowerCase.set(lower, name);
  bySpelling.set(action, name);
  return name;
}

/** Spellings seen lately, each at the place its hash names: a few characters tell most actions apart. */
interface Spelling {
  readonly written: string;
  readonly name: ActionName;
}
const PLACES = 2048;
const lately: (Spelling | undefined)[] = Array.from({ length: PLACES }, () => undefined);

/** The service is told by its second letter, the verb and the noun by letters counted from the end. */
function placeOf(action: string): number {
  const { length } = action;
  const early = action.charCodeAt(1) * 31 + action.charCodeAt(length >> 1);
  const late = action.charCodeAt(length - 1) * 7 + action.charCodeAt(length - 3) * 131 + action.charCodeAt(length - 6);
  return (early * 17 + late * 5 + length * 127) & (PLACES - 1);
}

/** The name of an action, compared ignoring case. */
export function actionNamed(action: string): ActionName {
  const place = placeOf(action);
  const last = lately[place];
  if (last !== undefined && last.written === action) return last.name;
  if (action.length > LONGEST) return makeName(action.toLowerCase());
  const name = bySpelling.get(action) ?? remember(action);
  lately[place] = { written: action, name };
  return name;
}
