/** Would it be allowed? The engine that decides live requests, asked about requests that nobody makes (spec/iam.md 6.16). */
import { compilePolicies } from '@stagedoor/policy';
import type { Layers, PolicySource } from '@stagedoor/policy';
import { createHash } from 'node:crypto';
import type {
  EvaluationResult,
  IamModel,
  OrderedOrganizationPolicyType,
  SimulateCustomPolicyRequest,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
} from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onAccount } from './access.ts';
import type { Owner } from './entities.ts';
import { identityInputs, resourceInput } from './input-policies.ts';
import type { Needs } from './needs.ts';
import { cut, pageSize, startOf } from './pagination.ts';
import { withoutExcluded } from './policy-exclusions.ts';
import { onPolicySource, policiesOfSource, thePolicySource } from './policy-source-owner.ts';
import { simulatedCaller } from './simulated-caller.ts';
import { simulatedContext } from './simulated-context.ts';
import { ownerAccount, simulatedResources } from './simulated-resources.ts';
import { evaluate } from './simulation-result.ts';
import type { Simulation } from './simulation-result.ts';

type Refuses = Needs<'InvalidInput'>;
type Request = Omit<SimulateCustomPolicyRequest, 'PolicyInputList'>;

/** Characters of policies times resources that one action may look at, one page (when it holds several), and one turn. */
const [mostOfAction, mostOfPage, mostOfTurn] = [50_000_000, 10_000_000, 1_000_000];

/** The policies of a simulation, as they were given or loaded. */
interface Given {
  readonly identity: readonly PolicySource[];
  readonly boundary?: readonly PolicySource[] | undefined;
  /** From the root of the organization to the account. */
  readonly organization?: readonly (readonly PolicySource[])[] | undefined;
  readonly resource?: PolicySource | undefined;
}

/** What a decision costs beside its policies. */
const leastWeight = 2000;

const lengthOf = ({ policy }: PolicySource): number => policy.statements.at(-1)?.end.offset ?? 0;

function effortOf({ identity, boundary = [], organization = [], resource }: Given): number {
  const sources = [...identity, ...boundary, ...organization.flat(), ...(resource === undefined ? [] : [resource])];
  return sources.reduce((sum, source) => sum + lengthOf(source), leastWeight);
}

function layersOf({ identity, boundary, organization }: Given): Layers {
  return {
    identity: compilePolicies(identity),
    ...(boundary !== undefined && { boundary: compilePolicies(boundary) }),
    ...(organization !== undefined && { scps: organization.map((level) => compilePolicies(level)) }),
  };
}

function actionsOf(call: Refuses, names: readonly string[]): readonly string[] {
  const wrong = names.find((name) => !/^[\w-]+:\w+$/.test(name));
  if (wrong !== undefined) call.fail('InvalidInput', `${wrong} is not the name of an action, such as iam:CreateUser.`);
  return [...new Set(names)];
}

/** The boundary that was given instead of any other. */
function boundaryInput(call: Refuses, texts: readonly string[] | undefined): readonly PolicySource[] | undefined {
  if (texts === undefined || texts.length === 0) return undefined;
  if (texts.length > 1) call.fail('InvalidInput', 'Only one permissions boundary can be simulated.');
  return identityInputs(call, 'PermissionsBoundaryPolicyInputList', texts);
}

function organizationInput(call: Refuses, levels: readonly OrderedOrganizationPolicyType[] | undefined) {
  if (levels === undefined || levels.length === 0) return undefined;
  return levels.map(({ ServiceControlPolicyInputList }, level) =>
    identityInputs(call, `OrderedOrganizationPolicyInputList.${level + 1}`, ServiceControlPolicyInputList),
  );
}

/** A page of actions, as far as the effort goes: fewer than asked for when there is much to look at. */
async function page(call: Refuses, operation: string, request: Request, simulation: Simulation, weight: number) {
  const actions = actionsOf(call, request.ActionNames);
  const each = weight * simulation.resources.length;
  if (each > mostOfAction) call.fail('InvalidInput', 'There are too many policies and resources for one simulation.');
  const { Marker, MaxItems: _, ...rest } = request;
  const listing = { operation, filters: [createHash('sha256').update(JSON.stringify(rest)).digest('base64')] };
  const from = Number(startOf(call, listing, Marker) ?? 0);
  const size = Math.min(pageSize(request), Math.max(1, Math.floor(mostOfPage / each)));
  const places = actions.map((_action, place) => place).slice(from, from + size + 1);
  const { items, more } = cut(call, listing, places, size, (place) => String(place + 1));
  const EvaluationResults: EvaluationResult[] = [];
  for (const place of items) EvaluationResults.push(await evaluate(simulation, actions[place] ?? ''));
  return { EvaluationResults, ...more };
}

/** Lets the process turn to others whenever decisions of this weight have come to a turn's worth. */
function breather(weight: number): Simulation['breathe'] {
  let spent = 0;
  return () => {
    spent += weight;
    if (spent < mostOfTurn) return undefined;
    spent = 0;
    return new Promise((resolve) => setImmediate(resolve));
  };
}

async function simulate(
  call: Refuses,
  operation: string,
  request: Request,
  given: Omit<Given, 'resource'>,
  source?: Owner,
): Promise<SimulatePolicyResponse> {
  const { ResourcePolicy, ResourceOwner, ContextEntries } = request;
  const resource = ResourcePolicy === undefined ? undefined : resourceInput(call, ResourcePolicy);
  const owner = ownerAccount(call, ResourceOwner);
  const { principal, facts } = await simulatedCaller(call, request, source);
  const weight = effortOf({ ...given, resource });
  const simulation: Simulation = {
    principal,
    context: simulatedContext(call, ContextEntries, facts),
    layers: layersOf(given),
    resourcePolicy: resource && compilePolicies([resource]),
    resources: simulatedResources(call, request),
    owner,
    breathe: breather(weight),
  };
  return page(call, operation, request, simulation, weight);
}

function customPolicies(call: Refuses, request: SimulateCustomPolicyRequest): Given {
  return {
    identity: identityInputs(call, 'PolicyInputList', request.PolicyInputList),
    boundary: boundaryInput(call, request.PermissionsBoundaryPolicyInputList),
    organization: organizationInput(call, request.OrderedOrganizationPolicyInputList),
  };
}

async function principalPolicies(
  call: Refuses,
  request: SimulatePrincipalPolicyRequest,
  source: Owner,
): Promise<Given> {
  const added = identityInputs(call, 'PolicyInputList', request.PolicyInputList);
  const own = withoutExcluded(call, await policiesOfSource(call, source), request.PolicyExclusionList);
  return {
    identity: [...own.identity, ...added],
    boundary: boundaryInput(call, request.PermissionsBoundaryPolicyInputList) ?? own.boundary,
  };
}

export const simulation = operationsOf<IamModel>()({
  SimulateCustomPolicy: {
    access: () => onAccount(),
    read: (input, call) => simulate(call, 'SimulateCustomPolicy', input, customPolicies(call, input)),
  },

  SimulatePrincipalPolicy: {
    access: ({ PolicySourceArn }, call) => onPolicySource(call, PolicySourceArn),
    async read(input, call) {
      const source = await thePolicySource(call, input.PolicySourceArn);
      const given = await principalPolicies(call, input, source);
      return simulate(call, 'SimulatePrincipalPolicy', input, given, source);
    },
  },
});
