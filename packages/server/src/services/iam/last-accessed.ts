/** When users, groups, roles and policies last tried to use which services (spec/iam.md 6.15). */
import type { EntityDetails, IamModel, PolicyGrantingServiceAccess, ServiceLastAccessed } from '../../model/iam.ts';
import type { PolicySource } from '@stagedoor/policy';
import { operationsOf } from '../service.ts';
import { keepReport, theReport } from './access-reports.ts';
import type { AccessReportRecord, ReportedService, TrackedAction } from './access-reports.ts';
import { onAccount } from './access.ts';
import type { Owner } from './entities.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { pageOf } from './pagination.ts';
import { onPolicySource, policiesOfSource, policyNameOf, thePolicySource } from './policy-source-owner.ts';
import { isService, reachableServices, reachesService, reachOf, serviceName } from './reachable-services.ts';
import { onSubject, principalsBehind, theSubject } from './report-subjects.ts';
import { usesOf } from './service-use-records.ts';
import type { ServiceUseRecord } from './service-use-records.ts';

/** What one principal did with a service. */
interface EntityUse {
  readonly owner: Owner;
  readonly use: ServiceUseRecord;
}

async function usesByService(call: Needs, owners: readonly Owner[]): Promise<ReadonlyMap<string, EntityUse[]>> {
  const uses = new Map<string, EntityUse[]>();
  for (const owner of owners) {
    for (const use of await usesOf(state(call), owner.id, call.now)) {
      const known = uses.get(use.service);
      if (known === undefined) uses.set(use.service, [{ owner, use }]);
      else known.push({ owner, use });
    }
  }
  return uses;
}

/** The last use of each action, whoever made it. */
function trackedActions(uses: readonly EntityUse[]): TrackedAction[] {
  const last = new Map<string, TrackedAction>();
  for (const { owner, use } of uses) {
    for (const [name, { at, region }] of Object.entries(use.actions)) {
      if (at > (last.get(name)?.at ?? 0)) last.set(name, { name, at, region, entity: owner.arn });
    }
  }
  return [...last.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function reported(service: string, uses: readonly EntityUse[], withActions: boolean): ReportedService {
  const [last] = uses.toSorted((a, b) => b.use.at - a.use.at);
  if (last === undefined) return { service, total: 0 };
  const { at, region } = last.use;
  const actions = withActions ? { actions: trackedActions(uses) } : {};
  return { service, total: uses.length, at, region, entity: last.owner.arn, ...actions };
}

const shownAction = ({ name, at, region, entity }: TrackedAction) => ({
  ActionName: name,
  LastAccessedEntity: entity,
  LastAccessedTime: new Date(at),
  LastAccessedRegion: region,
});

const shown = ({ service, total, at, region, entity, actions }: ReportedService): ServiceLastAccessed => ({
  ServiceName: serviceName(service),
  ServiceNamespace: service,
  TotalAuthenticatedEntities: total,
  ...(at !== undefined && {
    LastAuthenticated: new Date(at),
    LastAuthenticatedEntity: entity,
    LastAuthenticatedRegion: region,
  }),
  ...(actions !== undefined && { TrackedActionsLastAccessed: actions.map(shownAction) }),
});

/** Reports are complete as soon as they are there. */
const job = ({ createdAt }: AccessReportRecord) => ({
  JobStatus: 'COMPLETED' as const,
  JobCreationDate: new Date(createdAt),
  JobCompletionDate: new Date(createdAt),
});

const details = (owner: Owner, use: ServiceUseRecord | undefined): EntityDetails => ({
  EntityInfo: {
    Arn: owner.arn,
    Name: owner.name,
    Type: owner.type === 'role' ? 'ROLE' : 'USER',
    Id: owner.id,
    Path: owner.path,
  },
  ...(use !== undefined && { LastAuthenticated: new Date(use.at) }),
});

/** Sorts the latest use first and those who never used it last. */
const latestFirst = ({ owner, use }: { readonly owner: Owner; readonly use: ServiceUseRecord | undefined }): string =>
  `${String(Number.MAX_SAFE_INTEGER - (use?.at ?? 0)).padStart(16, '0')}/${owner.id}`;

function granting(source: PolicySource): PolicyGrantingServiceAccess {
  const policy = policyNameOf(source);
  if (policy.kind !== 'inline') return { PolicyName: policy.name, PolicyType: 'MANAGED', PolicyArn: policy.arn };
  const EntityType = ({ user: 'USER', group: 'GROUP', role: 'ROLE' } as const)[policy.type];
  return { PolicyName: policy.name, PolicyType: 'INLINE', EntityType, EntityName: policy.owner };
}

export const lastAccessed = operationsOf<IamModel>()({
  GenerateServiceLastAccessedDetails: {
    access: ({ Arn }, call) => onSubject(call, Arn),
    async write({ Arn, Granularity = 'SERVICE_LEVEL' }, call) {
      const subject = await theSubject(call, Arn);
      const uses = await usesByService(call, await principalsBehind(call, subject));
      const services = reachableServices([reachOf(subject.policies)]).map((service) =>
        reported(service, uses.get(service) ?? [], Granularity === 'ACTION_LEVEL'),
      );
      const { type, id } = subject;
      const report = { kind: 'services', granularity: Granularity, subject: { type, id }, services } as const;
      return { JobId: await keepReport(call, report) };
    },
  },

  GetServiceLastAccessedDetails: {
    access: onAccount,
    async read(input, call) {
      const report = await theReport(call, 'services', input.JobId);
      const listing = { operation: 'GetServiceLastAccessedDetails', filters: [report.jobId] };
      const { items, more } = pageOf(call, listing, input, report.services, ({ service }) => service);
      return { ...job(report), JobType: report.granularity, ServicesLastAccessed: items.map(shown), ...more };
    },
  },

  GetServiceLastAccessedDetailsWithEntities: {
    access: onAccount,
    async read(input, call) {
      const { JobId, ServiceNamespace } = input;
      const report = await theReport(call, 'services', JobId);
      if (!isService(ServiceNamespace)) {
        call.fail('InvalidInput', `The service namespace ${ServiceNamespace} is not valid.`);
      }
      const listed =
        report.subject !== undefined && report.services.some(({ service }) => service === ServiceNamespace);
      const owners = listed ? await principalsBehind(call, report.subject) : [];
      const uses = (await usesByService(call, owners)).get(ServiceNamespace) ?? [];
      const useOf = new Map(uses.map(({ owner, use }) => [owner.id, use]));
      const entities = owners.map((owner) => ({ owner, use: useOf.get(owner.id) }));
      const listing = { operation: 'GetServiceLastAccessedDetailsWithEntities', filters: [JobId, ServiceNamespace] };
      const { items, more } = pageOf(call, listing, input, entities, latestFirst);
      return { ...job(report), EntityDetailsList: items.map(({ owner, use }) => details(owner, use)), ...more };
    },
  },

  ListPoliciesGrantingServiceAccess: {
    access: ({ Arn }, call) => onPolicySource(call, Arn),
    async read({ Arn, ServiceNamespaces, Marker }, call) {
      const owner = await thePolicySource(call, Arn);
      const { identity } = await policiesOfSource(call, owner);
      const sources = identity.map((source) => ({ source, reach: reachOf([source.policy]) }));
      const listing = { operation: 'ListPoliciesGrantingServiceAccess', filters: [owner.id] };
      const { items, more } = pageOf(call, listing, { Marker }, [...new Set(ServiceNamespaces)], (name) => name);
      const entries = items.map((service) => ({
        ServiceNamespace: service,
        Policies: sources.filter(({ reach }) => reachesService([reach], service)).map(({ source }) => granting(source)),
      }));
      return { PoliciesGrantingServiceAccess: entries, ...more };
    },
  },
});
