/** Decision cases: a request with all its policies as one JSON object, the form of golden cases and of `decide`. */

import { type CallerKind, callerOfArn } from './caller-of-arn.ts';
import { createContext } from './context.ts';
import { type JsonObject, type JsonValue, memberOf, pointer, readJson } from './json.ts';
import type { Layers } from './layers.ts';
import { policyOf } from './parse.ts';
import { type PolicySet, type PolicySource, compilePolicies } from './policy-set.ts';
import { Locator } from './position.ts';
import type { AccessRequest, ContextValue } from './request.ts';

export interface DecisionCase {
  readonly id: string;
  readonly request: AccessRequest;
  readonly layers: Layers;
}

export type DecisionCaseResult =
  | { readonly ok: true; readonly case: DecisionCase }
  | {
      readonly ok: false;
      /** The id, if that much could be read. */
      readonly id: string | undefined;
      /** What is wrong, with a JSON pointer to the place. */
      readonly message: string;
    };

/** The longest case taken, in UTF-16 code units. */
const maxCaseLength = 4_194_304;

/**
 * Reads one case:
 *
 *     { id, identityPolicies[], groupPolicies?[], resourcePolicy?, permissionBoundary?, sessionPolicy?,
 *       scps?, rcps?, rcpDefaultFullAccess?, vpcEndpointPolicies?[],
 *       request: { principal, principalType, action, resource, resourceAccount?, context?, actionHasNoResourceTypes? } }
 *
 * `permissionBoundary` and `sessionPolicy` are a document or a list of them; `scps` and `rcps` are levels `[{ policies[] }]` from the root to the
 * account. Other members are passed over. A resource policy of an `sts:AssumeRole*` request (or of `TagSession`,
 * `SetSourceIdentity`, `SetContext`) is the role's trust policy. Sources are named by their place, as
 * `/identityPolicies/0`.
 * Never throws on user data; a policy that does not parse, or has a repeated key, makes the case unreadable.
 */
export function readDecisionCase(text: string): DecisionCaseResult {
  const read = readJson(text, maxCaseLength);
  if (!read.ok) return { ok: false, id: undefined, message: `${read.problem.at}: ${read.problem.message}` };
  return new CaseReader(text).read(read.value);
}

/** Actions that a role's trust policy decides on: to assume it, and what may be passed along. */
const trustActions = /^sts:(?:assumerole|(?:tagsession|setsourceidentity|setcontext)$)/i;

/** Whether a role's trust policy decides on the action: `sts:AssumeRole*` and what goes with it (spec/policy.md 6.3). */
export const isTrustAction = (action: string): boolean => trustActions.test(action);

const callerKinds: readonly CallerKind[] = [
  'User',
  'Role',
  'AssumedRole',
  'FederatedUser',
  'Root',
  'Service',
  'Anonymous',
  'Federated',
];

class CaseReader {
  private readonly text: string;
  private readonly locator: Locator;
  private message: string | undefined;

  constructor(text: string) {
    this.text = text;
    this.locator = new Locator(text);
  }

  read(root: JsonValue): DecisionCaseResult {
    const object = this.object(root, '');
    const id = object && this.string(object, '', 'id');
    const request = object && this.request(object);
    const layers = object && request && this.layers(object, request.action);
    if (this.message === undefined && id !== undefined && request !== undefined && layers !== undefined) {
      return { ok: true, case: { id, request, layers } };
    }
    return { ok: false, id, message: this.message! };
  }

  /** Only the first complaint is kept. */
  private complain(at: string, message: string): undefined {
    this.message ??= `${at}: ${message}`;
    return undefined;
  }

  private object(value: JsonValue, at: string): JsonObject | undefined {
    return value.kind === 'object' ? value : this.complain(at, 'expected an object');
  }

  /** A member that may be absent; `null` is as good as absent. */
  private member(object: JsonObject, key: string): JsonValue | undefined {
    const value = memberOf(object, key);
    return value?.kind === 'null' ? undefined : value;
  }

  private string(object: JsonObject, at: string, key: string): string | undefined {
    return this.optionalString(object, at, key) ?? this.complain(pointer(at, key), 'expected a string');
  }

  private optionalString(object: JsonObject, at: string, key: string): string | undefined {
    const value = this.member(object, key);
    if (value === undefined || value.kind === 'string') return value?.value;
    return this.complain(pointer(at, key), 'expected a string');
  }

  private flag(object: JsonObject, at: string, key: string): boolean | undefined {
    const value = this.member(object, key);
    if (value === undefined) return undefined;
    if (value.kind !== 'boolean') return this.complain(pointer(at, key), 'expected true or false');
    return value.text === 'true';
  }

  private request(root: JsonObject): AccessRequest | undefined {
    const at = '/request';
    const value = this.member(root, 'request');
    const object = value === undefined ? this.complain(at, 'expected an object') : this.object(value, at);
    if (object === undefined) return undefined;
    const context = this.context(object, pointer(at, 'context'));
    const principal = this.principal(object, at, context);
    const action = this.string(object, at, 'action');
    const resource = this.resource(object, at);
    const resourceAccount = this.optionalString(object, at, 'resourceAccount');
    if (principal === undefined || action === undefined || resource === undefined) return undefined;
    const request = { principal, action, resource, context: createContext(context) };
    return resourceAccount === undefined ? request : { ...request, resourceAccount };
  }

  /** An action without resource types is asked for `*`, whatever the case names. */
  private resource(object: JsonObject, at: string): string | undefined {
    if (this.flag(object, at, 'actionHasNoResourceTypes') === true) return '*';
    return this.string(object, at, 'resource');
  }

  private principal(object: JsonObject, at: string, context: readonly (readonly [string, ContextValue])[]) {
    const type = this.string(object, at, 'principalType');
    const kind = callerKinds.find((one) => one === type);
    if (kind === undefined) return this.complain(pointer(at, 'principalType'), `expected ${callerKinds.join(', ')}`);
    const arn = kind === 'Anonymous' ? '' : this.string(object, at, 'principal');
    const rolePath = context.find(([key]) => key.toLowerCase() === 'aws:principalarn')?.[1];
    return arn === undefined ? undefined : callerOfArn(arn, kind, typeof rolePath === 'string' ? rolePath : undefined);
  }

  private context(request: JsonObject, at: string): readonly (readonly [string, ContextValue])[] {
    const value = this.member(request, 'context');
    const object = value && this.object(value, at);
    return (object?.members ?? []).flatMap(({ key, value: given }) => {
      const known = this.contextValue(given, pointer(at, key));
      return known === undefined ? [] : [[key, known] as const];
    });
  }

  private contextValue(value: JsonValue, at: string): ContextValue | undefined {
    if (value.kind === 'string') return value.value;
    if (value.kind === 'number' || value.kind === 'boolean') return value.text;
    if (value.kind !== 'array') return this.complain(at, 'expected a string or a list of strings');
    const items = value.items.map((item, index) => this.contextValue(item, pointer(at, index)));
    return items.flatMap((item) => (typeof item === 'string' ? [item] : []));
  }

  private layers(root: JsonObject, action: string): Layers {
    const identity = [...this.documents(root, 'identityPolicies'), ...this.documents(root, 'groupPolicies')];
    const isTrust = isTrustAction(action);
    const rcpDefaultFullAccess = this.flag(root, '', 'rcpDefaultFullAccess');
    return {
      ...(identity.length > 0 && { identity: compilePolicies(identity) }),
      ...this.layer(root, 'permissionBoundary', 'boundary'),
      ...this.layer(root, 'sessionPolicy', 'session'),
      ...this.layer(root, 'resourcePolicy', isTrust ? 'trust' : 'resource'),
      ...this.layer(root, 'vpcEndpointPolicies', 'vpcEndpoint'),
      ...this.levels(root, 'scps'),
      ...this.levels(root, 'rcps'),
      ...(rcpDefaultFullAccess !== undefined && { rcpDefaultFullAccess }),
    };
  }

  private layer(root: JsonObject, key: string, name: string): Readonly<Record<string, PolicySet>> {
    const value = this.member(root, key);
    if (value === undefined) return {};
    return { [name]: compilePolicies(this.sources(value, `/${key}`)) };
  }

  private documents(root: JsonObject, key: string): readonly PolicySource[] {
    const value = this.member(root, key);
    return value === undefined ? [] : this.sources(value, `/${key}`);
  }

  private levels(root: JsonObject, key: 'scps' | 'rcps'): Readonly<Record<string, readonly PolicySet[]>> {
    const value = this.member(root, key);
    if (value === undefined) return {};
    if (value.kind !== 'array') return this.complain(`/${key}`, 'expected a list of levels') ?? {};
    return { [key]: value.items.map((level, index) => this.level(level, pointer(`/${key}`, index))) };
  }

  private level(value: JsonValue, at: string): PolicySet {
    const policies = value.kind === 'object' ? this.member(value, 'policies') : undefined;
    if (policies?.kind === 'array') return compilePolicies(this.sources(policies, pointer(at, 'policies')));
    this.complain(at, 'expected { policies: [...] }');
    return compilePolicies([]);
  }

  /** One document or a list of them. */
  private sources(value: JsonValue, at: string): readonly PolicySource[] {
    if (value.kind !== 'array') return this.source(value, at);
    return value.items.flatMap((item, index) => this.source(item, pointer(at, index)));
  }

  private source(root: JsonValue, id: string): readonly PolicySource[] {
    const parsed = policyOf({ text: this.text, root, locator: this.locator });
    if (parsed.ok) return [{ id, policy: parsed.policy }];
    const { at, message } = parsed.problems[0]!;
    this.complain(`${id}${at}`, message);
    return [];
  }
}
