/** A request made ready for matching, once per decision. */
import { actionNamed } from './action-table.ts';
import type { ActionName } from './action-table.ts';
import { sixthPart } from './arn.ts';
import type { AccessRequest, Principal, RequestContext } from './request.ts';

export interface Ask {
  readonly request: AccessRequest;
  readonly principal: Principal;
  /** The caller has a permissions boundary. */
  readonly bounded: boolean;
  readonly action: ActionName;
  readonly resource: string;
  /** False for `*`: the action has no resource type. */
  readonly hasResource: boolean;
  readonly context: RequestContext;
  /** Offset of the ARN's sixth part, -1 for none, -2 until it is needed. */
  sixth: number;
  /** A set with an unknown operator was looked at. */
  sawUnknown: boolean;
}

/** What matching needs of a request. */
export function askOf(request: AccessRequest, bounded: boolean): Ask {
  return {
    request,
    principal: request.principal,
    bounded,
    action: actionNamed(request.action),
    resource: request.resource,
    hasResource: request.resource !== '*',
    context: request.context,
    sixth: -2,
    sawUnknown: false,
  };
}

/** Where the sixth part of the resource begins; -1 when it is no ARN. */
export function sixthPartOf(ask: Ask): number {
  if (ask.sixth === -2) ask.sixth = sixthPart(ask.resource);
  return ask.sixth;
}
