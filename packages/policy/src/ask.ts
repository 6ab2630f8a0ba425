/** A request made ready for matching, once per decision. */
import type { AccessRequest, Principal, RequestContext } from './request.ts';

export interface Ask {
  readonly request: AccessRequest;
  readonly principal: Principal;
  /** The caller has a permissions boundary. */
  readonly bounded: boolean;
  /** Lower case. */
  readonly action: string;
  readonly resource: string;
  /** False for `*`: the action has no resource type. */
  readonly hasResource: boolean;
  readonly context: RequestContext;
}

/** What matching needs of a request. */
export function askOf(request: AccessRequest, bounded: boolean): Ask {
  return {
    request,
    principal: request.principal,
    bounded,
    action: request.action.toLowerCase(),
    resource: request.resource,
    hasResource: request.resource !== '*',
    context: request.context,
  };
}
