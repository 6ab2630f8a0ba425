/** A request made ready for matching, once per decision. */
import { actionNamed } from './action-table.ts';
import type { ActionName } from './action-table.ts';
import { ArnText } from './cut-arn.ts';
import type { AccessRequest, Principal, RequestContext } from './request.ts';

/** What matching needs of a request; as `ArnText` it is the resource, cut into parts when that is needed. */
export class Ask extends ArnText {
  readonly request: AccessRequest;
  readonly principal: Principal;
  /** The caller has a permissions boundary. */
  readonly bounded: boolean;
  readonly action: ActionName;
  /** False for `*`: the action has no resource type. */
  readonly hasResource: boolean;
  readonly context: RequestContext;
  /** A set with an unknown operator was looked at. */
  sawUnknown = false;

  constructor(request: AccessRequest, bounded: boolean) {
    super(request.resource);
    this.request = request;
    this.principal = request.principal;
    this.bounded = bounded;
    this.action = actionNamed(request.action);
    this.hasResource = request.resource !== '*';
    this.context = request.context;
  }

  get resource(): string {
    return this.text;
  }
}
