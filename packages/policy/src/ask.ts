/** A request made ready for matching, once per decision. */
import { actionNamed } from './action-table.ts';
import type { ActionName } from './action-table.ts';
import { cutArn } from './cut-arn.ts';
import type { CutArn } from './cut-arn.ts';
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
  /** The resource cut into parts; `undefined` when it is no ARN. */
  readonly arn: CutArn | undefined;
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
    arn: cutArn(request.resource),
    sawUnknown: false,
  };
}
