/** The resources of a simulation: whose they are, what type they have, and which ones a scenario needs. */
import { loadAuthorization } from '../../model/authorization.ts';
import type { ServiceAuthorization } from '../../model/authorization.ts';
import type { Needs } from './needs.ts';

type Refuses = Needs<'InvalidInput'>;

/** How many may be asked about at once. */
const most = 1000;

const [instance, image, group, network] = ['instance', 'image', 'security-group', 'network-interface'];

/** ResourceHandlingOption: types of EC2 resources that must all be given. */
const scenarios: Readonly<Record<string, readonly string[]>> = {
  'EC2-VPC-InstanceStore': [instance, image, group, network],
  'EC2-VPC-InstanceStore-Subnet': [instance, image, group, network, 'subnet'],
  'EC2-VPC-EBS': [instance, image, group, network, 'volume'],
  'EC2-VPC-EBS-Subnet': [instance, image, group, network, 'subnet', 'volume'],
};

const sixthPart = (arn: string): string => arn.split(':').slice(5).join(':');

function ensureScenario(call: Refuses, option: string | undefined, arns: readonly string[]): void {
  if (option === undefined) return;
  const needed = Object.hasOwn(scenarios, option) ? scenarios[option] : undefined;
  if (needed === undefined) return call.fail('InvalidInput', `${option} is not a ResourceHandlingOption.`);
  const given = arns.filter((arn) => arn.split(':')[2] === 'ec2').map((arn) => sixthPart(arn).split('/')[0]);
  const missing = needed.filter((type) => !given.includes(type));
  if (missing.length > 0) call.fail('InvalidInput', `${option} needs resources of type ${missing.join(', ')}.`);
}

/** The ARNs to ask about, each once: `*` where none are given. */
export function simulatedResources(
  call: Refuses,
  {
    ResourceArns,
    ResourceHandlingOption,
  }: { ResourceArns?: readonly string[] | undefined; ResourceHandlingOption?: string | undefined },
): readonly string[] {
  const arns = [...new Set(ResourceArns ?? [])];
  if (arns.length > most) call.fail('InvalidInput', `At most ${most} resources can be simulated at once.`);
  const wrong = arns.find((arn) => arn !== '*' && !/^arn:[^:]*:[^:]+:[^:]*:[^:]*:[^]+$/.test(arn));
  if (wrong !== undefined) call.fail('InvalidInput', `${wrong} is not the ARN of a resource.`);
  ensureScenario(call, ResourceHandlingOption, arns);
  return arns.length === 0 ? ['*'] : arns;
}

/** The account that ResourceOwner names: by its number or by the ARN of its root. */
export function ownerAccount(call: Refuses, owner: string | undefined): string | undefined {
  if (owner === undefined) return undefined;
  const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(owner)?.[1];
  return account ?? call.fail('InvalidInput', `ResourceOwner ${owner} is not the ARN of an account.`);
}

/** Who owns a resource: the account in its ARN, else the given owner; `undefined` for the caller's own account. */
export function accountOfResource(arn: string, owner: string | undefined): string | undefined {
  const account = arn === '*' ? '' : (arn.split(':')[4] ?? '');
  return /^\d{12}$/.test(account) ? account : owner;
}

let reference: ReadonlyMap<string, ServiceAuthorization> | undefined;

interface Template {
  readonly arn: string;
  readonly service: string | undefined;
  /** The sixth part up to its first variable. */
  readonly head: string;
}

function templatesOf(action: string): readonly Template[] {
  reference ??= loadAuthorization();
  const [prefix = '', name = ''] = action.split(':');
  const service = reference.get(prefix.toLowerCase());
  const row = [...(service?.actions ?? [])].find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
  return (row?.resources ?? []).flatMap(({ type }) => {
    const arn = service?.resources.get(type)?.arn;
    if (arn === undefined) return [];
    return [{ arn, service: arn.split(':')[2], head: sixthPart(arn).split('${')[0] ?? '' }];
  });
}

/** The form of the ARNs that an action is asked on, for the type of the given resources; `*` where it has none. */
export function resourceTemplate(action: string, arns: readonly string[]): string {
  const named = arns.find((arn) => arn !== '*');
  if (named === undefined) return '*';
  const templates = templatesOf(action);
  const fits = ({ service, head }: Template): boolean =>
    service === named.split(':')[2] && sixthPart(named).startsWith(head);
  return (templates.find(fits) ?? templates[0])?.arn ?? '*';
}
