/** When an organization's accounts last tried to use the services that its control policies leave (spec/iam.md 6.15). */
import type { AccessDetail, ErrorDetails, IamModel, SortKeyType } from '../../model/iam.ts';
import type { OrganizationAccount, OrganizationEntity } from '../organizations.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck } from '../service.ts';
import { keepReport, theReport } from './access-reports.ts';
import type { ReportedService } from './access-reports.ts';
import { onAccount } from './access.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { cut, pageSize, startOf } from './pagination.ts';
import { reachableServices, reachOf, serviceName } from './reachable-services.ts';
import { usesOfAccount } from './service-use-records.ts';
import type { Use } from './service-use-records.ts';

interface AccountUse extends Use {
  readonly account: OrganizationAccount;
}

type Found = { readonly entity: OrganizationEntity } | { readonly error: ErrorDetails };

const failed = (Code: string, Message: string): Found => ({ error: { Code, Message } });

/** What the path names, or why there is no report on it: jobs fail where calls cannot. */
async function entityOf(call: Needs, path: string, policyId: string | undefined): Promise<Found> {
  const { organizations } = call.env;
  const place = await organizations?.placeOf(state(call), call.accountId);
  if (organizations === undefined || place === undefined) {
    return failed('OrganizationNotFoundException', 'No organization is associated with your account.');
  }
  if (call.accountId !== place.managementAccountId || !path.startsWith(`${place.organizationId}/`)) {
    return failed('AccessDenied', 'Only the management account of the organization can generate this report.');
  }
  const entity = await organizations.entityAt(state(call), path, policyId);
  return entity === undefined ? failed('NoSuchEntity', 'The entity or policy cannot be found.') : { entity };
}

/** Last use of each service by each account that used it. */
async function usesOfEntity(call: Needs, { accounts }: OrganizationEntity): Promise<ReadonlyMap<string, AccountUse[]>> {
  const uses = new Map<string, Map<string, AccountUse>>();
  for (const account of accounts) {
    for (const { service, at, region } of await usesOfAccount(state(call), account.accountId, call.now)) {
      const byAccount = uses.get(service) ?? new Map<string, AccountUse>();
      uses.set(service, byAccount);
      if (at > (byAccount.get(account.accountId)?.at ?? 0)) byAccount.set(account.accountId, { account, at, region });
    }
  }
  return new Map([...uses].map(([service, byAccount]) => [service, [...byAccount.values()]]));
}

async function servicesOf(call: Needs, entity: OrganizationEntity): Promise<ReportedService[]> {
  const uses = await usesOfEntity(call, entity);
  const services = reachableServices(entity.controlPolicies.map((level) => reachOf(level)));
  return services.map((service) => {
    const [last, ...others] = (uses.get(service) ?? []).toSorted((a, b) => b.at - a.at);
    if (last === undefined) return { service, total: 0 };
    return { service, total: 1 + others.length, at: last.at, region: last.region, entity: last.account.path };
  });
}

const detail = ({ service, total, at, region, entity }: ReportedService): AccessDetail => ({
  ServiceName: serviceName(service),
  ServiceNamespace: service,
  TotalAuthenticatedEntities: total,
  ...(at !== undefined && { Region: region, EntityPath: entity, LastAuthenticatedTime: new Date(at) }),
});

const byName = (a: ReportedService, b: ReportedService): number => (a.service < b.service ? -1 : 1);
const byTime = (a: ReportedService, b: ReportedService): number => (a.at ?? 0) - (b.at ?? 0) || byName(a, b);

const orders: Readonly<Record<SortKeyType, (a: ReportedService, b: ReportedService) => number>> = {
  SERVICE_NAMESPACE_ASCENDING: byName,
  SERVICE_NAMESPACE_DESCENDING: (a, b) => byName(b, a),
  LAST_AUTHENTICATED_TIME_ASCENDING: byTime,
  LAST_AUTHENTICATED_TIME_DESCENDING: (a, b) => byTime(b, a),
};

/** What follows the service that the last page ended with. */
const after = (sorted: readonly ReportedService[], start: string | undefined): readonly ReportedService[] =>
  start === undefined ? sorted : sorted.slice(sorted.findIndex(({ service }) => service === start) + 1);

function onReport(call: Needs, path: string, policyId: string | undefined): AccessCheck {
  const resource = `arn:${call.env.settings.partition}:iam::${call.accountId}:access-report/${path}`;
  return { resource, context: policyId === undefined ? {} : { 'iam:OrganizationsPolicyId': policyId } };
}

export const organizationAccessReports = operationsOf<IamModel>()({
  GenerateOrganizationsAccessReport: {
    access: ({ EntityPath, OrganizationsPolicyId }, call) => onReport(call, EntityPath, OrganizationsPolicyId),
    async write({ EntityPath, OrganizationsPolicyId }, call) {
      const found = await entityOf(call, EntityPath, OrganizationsPolicyId);
      const content =
        'error' in found ? { ...found, services: [] } : { services: await servicesOf(call, found.entity) };
      const JobId = await keepReport(call, { kind: 'organization', granularity: 'SERVICE_LEVEL', ...content });
      return { JobId };
    },
  },

  GetOrganizationsAccessReport: {
    access: onAccount,
    async read(input, call) {
      const { JobId, SortKey = 'SERVICE_NAMESPACE_ASCENDING' } = input;
      const { createdAt, services, error } = await theReport(call, 'organization', JobId);
      const job = { JobCreationDate: new Date(createdAt), JobCompletionDate: new Date(createdAt) };
      if (error !== undefined) return { JobStatus: 'FAILED', ...job, ErrorDetails: error };
      const listing = { operation: 'GetOrganizationsAccessReport', filters: [JobId, SortKey] };
      const left = after(services.toSorted(orders[SortKey]), startOf(call, listing, input.Marker));
      const { items, more } = cut(call, listing, [...left], pageSize(input), ({ service }) => service);
      return {
        JobStatus: 'COMPLETED',
        ...job,
        NumberOfServicesAccessible: services.length,
        NumberOfServicesNotAccessed: services.filter(({ total }) => total === 0).length,
        AccessDetails: items.map(detail),
        ...more,
      };
    },
  },
});
