/** What the engine makes of one action, in the words of the simulation operations (spec/iam.md 6.16). */
import { explain, policyVariables, isTrustAction } from '@stagedoor/policy';
import type {
  Explanation,
  LayerTrace,
  Layers,
  PolicySource,
  Position,
  Principal,
  RequestContext,
  Statement,
  StatementTrace,
} from '@stagedoor/policy';
import type {
  EvaluationResult,
  PolicyEvaluationDecisionType as Verdict,
  PolicySourceType,
  ResourceSpecificResult,
  Statement as MatchedStatement,
} from '../../model/iam.ts';
import { policyNameOf } from './policy-source-owner.ts';
import { present } from './needs.ts';
import { accountOfResource, resourceTemplate } from './simulated-resources.ts';

export interface Simulation {
  readonly principal: Principal;
  readonly context: RequestContext;
  /** All but the policy of the resource. */
  readonly layers: Layers;
  readonly resourcePolicy: Layers['resource'];
  readonly resources: readonly string[];
  /** Owner of resources whose ARN names none; absent: the caller's account. */
  readonly owner: string | undefined;
  /** Called before each decision, which may be one of very many: lets others be served in between. */
  readonly breathe: () => Promise<void> | undefined;
}

/** What came of one action on one resource. */
interface Outcome {
  readonly resource: string;
  readonly verdict: Verdict;
  readonly matched: readonly MatchedStatement[];
  readonly missing: readonly string[];
  readonly boundary: boolean | undefined;
  readonly organization: boolean;
  /** How each type of policy voted, for a caller of another account. */
  readonly details: Readonly<Record<string, Verdict>> | undefined;
}

const verdicts = { Allow: 'allowed', ExplicitDeny: 'explicitDeny', ImplicitDeny: 'implicitDeny' } as const;
const votes = { allows: 'allowed', denies: 'explicitDeny', silent: 'implicitDeny' } as const;
/** From the mildest to the most restrictive. */
const restrictiveness: readonly Verdict[] = ['allowed', 'implicitDeny', 'explicitDeny'];

const mostRestrictive = (given: readonly Verdict[]): Verdict =>
  restrictiveness.findLast((verdict) => given.includes(verdict)) ?? 'implicitDeny';

/** The layers that results speak of: not boundaries and control policies, which have members of their own. */
const granting = ({ layer }: LayerTrace): boolean => layer === 'identity' || layer === 'resource' || layer === 'trust';

/** AWS counts lines from one and columns from two; a statement ends at its closing brace. */
const startOf = ({ line, column }: Position) => ({ Line: line, Column: column + 1 });
/** The engine's end is behind the brace. */
const endOf = ({ line, column }: Position) => ({ Line: line, Column: column });

function sourceId(source: PolicySource): string {
  const policy = policyNameOf(source);
  return policy.kind === 'inline' ? `${policy.type}_${policy.owner}_${policy.name}` : policy.name;
}

/** Recordings show these words, which the model's own list does not have. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
const sourceType = (layer: LayerTrace['layer']) =>
  (layer === 'identity' ? 'IAM Policy' : 'Resource Policy') as unknown as PolicySourceType;

function matchedStatement(source: PolicySource, statement: Statement, layer: LayerTrace['layer']): MatchedStatement {
  return {
    SourcePolicyId: sourceId(source),
    SourcePolicyType: sourceType(layer),
    StartPosition: startOf(statement.start),
    EndPosition: endOf(statement.end),
  };
}

function setOf({ layers, resourcePolicy }: Simulation, { layer }: LayerTrace): Layers['identity'] {
  return layer === 'identity' ? layers.identity : resourcePolicy;
}

/** The statements that made the verdict: the Denies, or the Allows; none where nothing allowed. */
function matchedBy(simulation: Simulation, { decision, layers }: Explanation): MatchedStatement[] {
  if (decision.decision === 'ImplicitDeny' || decision.layer === 'scp') return [];
  const effect = decision.decision === 'Allow' ? 'Allow' : 'Deny';
  return layers.filter(granting).flatMap((layer) => {
    const sources = setOf(simulation, layer)?.sources ?? [];
    const applying = layer.statements.filter((trace) => trace.applies && trace.effect === effect);
    return applying.flatMap(({ statement: { policy, index } }) => {
      const source = sources.find(({ id }) => id === policy);
      const statement = source?.policy.statements.find((one) => one.index === index);
      return source === undefined || statement === undefined ? [] : [matchedStatement(source, statement, layer.layer)];
    });
  });
}

/** Keys and variables that a statement asked for and the request does not have. */
function missingIn({ missingKeys, clauses }: StatementTrace, context: RequestContext): readonly string[] {
  const operands = clauses.flatMap((clause) => clause.operands.filter(({ resolved }) => resolved === undefined));
  const unresolved = operands.flatMap(({ written }) => policyVariables(written));
  return [...missingKeys, ...unresolved.filter((name) => context.get(name.toLowerCase()) === undefined)];
}

function missingFrom({ layers }: Explanation, context: RequestContext): readonly string[] {
  const names = layers
    .filter(granting)
    .flatMap(({ statements }) => statements.flatMap((one) => missingIn(one, context)));
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}

const voteOf = ({ layers }: Explanation, wanted: (layer: LayerTrace) => boolean): Verdict =>
  votes[layers.find(wanted)?.outcome ?? 'silent'];

function detailsOf(explanation: Explanation): Record<string, Verdict> {
  const bounded = explanation.layers.some(({ layer }) => layer === 'boundary');
  return {
    'IAM Policy': voteOf(explanation, ({ layer }) => layer === 'identity'),
    'Resource Policy': voteOf(explanation, ({ layer }) => layer === 'resource' || layer === 'trust'),
    ...(bounded && { 'Permissions Boundary Policy': voteOf(explanation, ({ layer }) => layer === 'boundary') }),
  };
}

function layersFor({ layers, resourcePolicy }: Simulation, action: string): Layers {
  if (resourcePolicy === undefined) return layers;
  return { ...layers, [isTrustAction(action) ? 'trust' : 'resource']: resourcePolicy };
}

function outcomeOn(simulation: Simulation, action: string, resource: string): Outcome {
  const { principal, context, owner } = simulation;
  const resourceAccount = accountOfResource(resource, owner) ?? principal.accountId;
  // A caller of no account in particular is at home wherever the resource is.
  const account = principal.accountId === undefined ? {} : { resourceAccount };
  const bound = principal.accountId === undefined ? { ...principal, accountId: resourceAccount } : principal;
  const asked = { principal: present(bound), action, resource, ...present(account), context };
  const explanation = explain(asked, layersFor(simulation, action));
  const { decision, layers } = explanation;
  const boundary = layers.find(({ layer }) => layer === 'boundary');
  const crosses = principal.accountId !== undefined && resourceAccount !== principal.accountId;
  return {
    resource,
    verdict: verdicts[decision.decision],
    matched: matchedBy(simulation, explanation),
    missing: missingFrom(explanation, context),
    boundary: boundary && boundary.outcome === 'allows',
    organization: layers.every(({ layer, outcome }) => layer !== 'scp' || outcome === 'allows'),
    details: crosses && decision.layer !== 'scp' ? detailsOf(explanation) : undefined,
  };
}

const bounded = (allowed: boolean | undefined) =>
  allowed !== undefined && { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowed } };

const specific = ({ resource, verdict, matched, missing, boundary, details }: Outcome): ResourceSpecificResult => ({
  EvalResourceName: resource,
  EvalResourceDecision: verdict,
  MatchedStatements: matched,
  MissingContextValues: missing,
  ...(details !== undefined && { EvalDecisionDetails: details }),
  ...bounded(boundary),
});

const once = <T>(all: readonly T[]): T[] => [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];

/** By type of policy the most restrictive vote; nothing in it for callers of the same account. */
function detailsOver(outcomes: readonly Outcome[]): Record<string, Verdict> {
  const kinds = new Set(outcomes.flatMap(({ details }) => Object.keys(details ?? {})));
  const votesOf = (kind: string) => outcomes.flatMap(({ details }) => details?.[kind] ?? []);
  return Object.fromEntries([...kinds].map((kind) => [kind, mostRestrictive(votesOf(kind))]));
}

/** What came of an action on all the resources: the most restrictive verdict, and each of them. */
export async function evaluate(simulation: Simulation, action: string): Promise<EvaluationResult> {
  const outcomes: Outcome[] = [];
  for (const resource of simulation.resources) {
    await simulation.breathe();
    outcomes.push(outcomeOn(simulation, action, resource));
  }
  const verdict = mostRestrictive(outcomes.map((outcome) => outcome.verdict));
  const deciding = outcomes.filter((outcome) => outcome.verdict === verdict);
  const isNamed = simulation.resources.some((resource) => resource !== '*');
  const organization = outcomes.every((outcome) => outcome.organization);
  return {
    EvalActionName: action,
    EvalResourceName: resourceTemplate(action, simulation.resources),
    EvalDecision: verdict,
    MatchedStatements: once(deciding.flatMap(({ matched }) => matched)),
    MissingContextValues: once(outcomes.flatMap(({ missing }) => missing)),
    OrganizationsDecisionDetail: { AllowedByOrganizations: organization },
    ...(simulation.layers.boundary !== undefined && bounded(outcomes.every(({ boundary }) => boundary === true))),
    ...(isNamed && organization && { EvalDecisionDetails: detailsOver(outcomes) }),
    ...(isNamed && { ResourceSpecificResults: outcomes.map(specific) }),
  };
}
