import { elementTexts, statementsOf } from './statements.ts';
import type { PlacedText } from './statements.ts';
import type { Refusal, Subject } from './validation.ts';

const partitions: ReadonlySet<string> = new Set(['aws', 'aws-cn', 'aws-us-gov']);

/** What an IAM resource may be; the text below lists them too, and that text is AWS's own. */
const iamPath =
  /^(?:\*$|root$|user\/|federated-user\/|role\/|group\/|instance-profile\/|mfa\/|server-certificate\/|policy\/|sms-mfa\/|saml-provider\/|oidc-provider\/|report\/|access-report\/)/;

const iamPathText =
  'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.';

interface ResourceRule {
  /** The vendor the rule is for; without one it is for all. */
  readonly vendor?: string;
  readonly refuses: (arn: ArnParts, partition: string | undefined) => boolean;
  readonly message: (arn: ArnParts) => string;
}

interface ArnParts {
  readonly text: string;
  readonly partition: string;
  readonly vendor: string;
  readonly region: string;
  /** The sixth part, colons included. */
  readonly resource: string;
  /** Partition and what follows, missing parts as `*`. */
  readonly padded: string;
}

function arnParts(text: string): ArnParts {
  const [, partition = '', vendor = '', region = '', account, ...rest] = text.split(':');
  const given = text.split(':').slice(1);
  const missing: string[] = Array.from({ length: Math.max(0, 5 - given.length) }, () => '*');
  const padded = [...given, ...missing].join(':');
  const resource = account === undefined ? '' : rest.join(':');
  return { text, partition, vendor, region, resource, padded };
}

/**
 * AWS says that an IAM resource cannot name a region, yet publishes an example with `*` there (a region `*`
 * matches the empty one): `*` is accepted, a region's name is not.
 */
function namesRegion({ region }: ArnParts): boolean {
  return region !== '' && region !== '*';
}

/** In the order in which one resource is looked at. */
const rules: readonly ResourceRule[] = [
  {
    refuses: ({ partition }, own) => (own === undefined ? !partitions.has(partition) : partition !== own),
    message: ({ partition, padded }) => `Partition "${partition}" is not valid for resource "arn:${padded}".`,
  },
  {
    refuses: ({ vendor }) => vendor === '' || /[*?]/.test(vendor),
    message: () => 'Resource vendor must be fully qualified and cannot contain regexes.',
  },
  {
    vendor: 'iam',
    refuses: namesRegion,
    message: ({ text }) => `IAM resource ${text} cannot contain region information.`,
  },
  { vendor: 'iam', refuses: ({ resource }) => !iamPath.test(resource), message: () => iamPathText },
  {
    vendor: 's3',
    refuses: ({ region, resource }) => region !== '' && !resource.startsWith('accesspoint/'),
    message: ({ text }) => `Resource ${text} can not contain region information.`,
  },
];

/** What is wrong with the form of a resource of an identity policy, in AWS's words. */
function resourceProblem(resource: string, partition?: string): string | undefined {
  if (resource === '*') return undefined;
  if (!resource.includes(':')) return `Resource ${resource} must be in ARN format or "*".`;
  const arn = arnParts(resource);
  return rules
    .find(({ vendor, refuses }) => (vendor ?? arn.vendor) === arn.vendor && refuses(arn, partition))
    ?.message(arn);
}

/** AWS looks at each list in descending order of its strings, so that decides which finding comes first. */
function descending(texts: readonly PlacedText[]): readonly PlacedText[] {
  return texts.toSorted((a, b) => Number(a.text < b.text) - Number(a.text > b.text));
}

export function resourceRefusals({ document, options }: Subject): readonly Refusal[] {
  return statementsOf(document)
    .flatMap((statement) => descending(elementTexts(statement, 'Resource')))
    .flatMap(({ text, at, start }) => {
      const message = resourceProblem(text, options.partition);
      return message === undefined ? [] : [{ message, at, start }];
    });
}
