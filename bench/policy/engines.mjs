// Each engine as { name, prepare(workload) -> { call(request) -> what `decide` takes, decide(call) -> boolean } }.
import { createMongoAbility, subject } from '@casl/ability';
import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { compilePolicies, createContext, decide, parsePolicy } from '@stagedoor/policy';
import { newEnforcer, newModelFromString } from 'casbin';
import { universe } from './workloads.mjs';

const account = '123456789012';
const principal = { type: 'User', arn: `arn:aws:iam::${account}:user/richard-roe`, accountId: account };

const parsed = (document, id) => {
  const result = parsePolicy(typeof document === 'string' ? document : JSON.stringify(document));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { id, policy: result.policy };
};

const withPrincipal = (document) => ({
  ...document,
  Statement: document.Statement.map((s) => ({ ...s, Principal: { AWS: principal.arn } })),
});

export const stagedoor = {
  name: '@stagedoor/policy',
  prepare({ documents, resourcePolicies }) {
    const identity = compilePolicies(documents.map((document, i) => parsed(document, `p${i}`)));
    const plain = { identity };
    const guarded = new Map(
      [...(resourcePolicies ?? [])].map(([on, document]) => [
        on,
        { identity, resource: compilePolicies([parsed(withPrincipal(document), on)]) },
      ]),
    );
    return {
      call: ({ action, resource, context }) => ({
        request: {
          principal,
          action,
          resource,
          resourceAccount: account,
          context: createContext(Object.entries(context)),
        },
        // The server has the resource's policy at hand before it asks; looking it up is not the engine's work.
        layers: guarded.get(resource) ?? plain,
      }),
      decide: ({ request, layers }) => decide(request, layers).decision === 'Allow',
    };
  },
  layersOf: (texts) => ({ identity: compilePolicies(texts.map((text, i) => parsed(text, `p${i}`))) }),
  principal,
};

const expand = (pattern, actions) =>
  pattern.endsWith('*') ? actions.filter((action) => action.startsWith(pattern.slice(0, -1))) : [pattern];
const actionsOf = (workload) => [...new Set([...universe, ...(workload.extraActions ?? [])])];
const regex = (glob) => new RegExp(`^${glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
const field = (key) => key.replaceAll(/[^A-Za-z]/g, '_');
const facts = (context) => Object.fromEntries(Object.entries(context).map(([key, value]) => [field(key), value]));

export const casl = {
  name: '@casl/ability',
  prepare(workload) {
    const actions = actionsOf(workload);
    const rules = workload.statements.flatMap(({ effect, actions: patterns, resources, conditions }) =>
      resources.map((glob) => ({
        action: patterns.flatMap((pattern) => expand(pattern, actions)),
        subject: 'r',
        inverted: effect === 'Deny',
        conditions: {
          ...(glob === '*' ? {} : { arn: glob.includes('*') ? { $regex: regex(glob) } : glob }),
          ...Object.fromEntries(conditions.map(({ key, value }) => [field(key), value])),
        },
      })),
    );
    // Later rules win in casl: denials last.
    const ability = createMongoAbility([...rules.filter((r) => !r.inverted), ...rules.filter((r) => r.inverted)]);
    return {
      call: ({ action, resource, context }) => ({ action, on: subject('r', { arn: resource, ...facts(context) }) }),
      decide: ({ action, on }) => ability.can(action, on),
    };
  },
};

const quoted = (text) => JSON.stringify(text);
let policySets = 0;

export const cedarWasm = {
  name: '@cedar-policy/cedar-wasm',
  prepare(workload) {
    const actions = actionsOf(workload);
    const policies = workload.statements.map(({ effect, actions: patterns, resources, conditions }) => {
      const named = patterns
        .flatMap((pattern) => expand(pattern, actions))
        .map((action) => `Action::${quoted(action)}`);
      const where = resources
        .map((glob) => (glob.includes('*') ? `context.arn like ${quoted(glob)}` : `resource == R::${quoted(glob)}`))
        .join(' || ');
      const when = conditions.map(({ key, value }) => `context.${field(key)} == ${quoted(value)}`);
      return `${effect === 'Deny' ? 'forbid' : 'permit'}(principal, action in [${named.join(', ')}], resource) when { ${[`(${where})`, ...when].join(' && ')} };`;
    });
    const id = `set${(policySets += 1)}`;
    const answer = cedar.preparsePolicySet(id, { staticPolicies: policies.join('\n') });
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
    return {
      call: ({ action, resource, context }) => ({
        principal: { type: 'User', id: 'u' },
        action: { type: 'Action', id: action },
        resource: { type: 'R', id: resource },
        context: { arn: resource, ...facts(context) },
        preparsedPolicySetId: id,
        entities: [],
      }),
      decide: (call) => cedar.statefulIsAuthorized(call).response?.decision === 'allow',
    };
  },
};

const casbinModel = `
[request_definition]
r = obj, act, ctx
[policy_definition]
p = obj, act, ctx, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = globs(r.act, p.act) && globs(r.obj, p.obj) && facts(r.ctx, p.ctx)`;

export const casbin = {
  name: 'casbin',
  async prepare({ statements }) {
    const enforcer = await newEnforcer(newModelFromString(casbinModel));
    const cache = new Map();
    const compiled = (glob) => cache.get(glob) ?? cache.set(glob, regex(glob)).get(glob);
    await enforcer.addFunction('globs', (text, glob) => compiled(glob).test(text));
    await enforcer.addFunction('facts', (context, wanted) =>
      Object.entries(JSON.parse(wanted)).every(([key, value]) => context[key] === value),
    );
    const rows = new Map();
    for (const { effect, actions, resources, conditions } of statements) {
      const wanted = JSON.stringify(Object.fromEntries(conditions.map(({ key, value }) => [key, value])));
      for (const action of actions)
        for (const resource of resources) {
          const row = [resource, action, wanted, effect === 'Deny' ? 'deny' : 'allow'];
          rows.set(row.join('\n'), row);
        }
    }
    await enforcer.addPolicies([...rows.values()]);
    return {
      call: ({ action, resource, context }) => [resource, action, context],
      decide: (call) => enforcer.enforceSync(...call),
    };
  },
};
