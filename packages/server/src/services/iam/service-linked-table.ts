/** The services that have a role of their own in every account, one row each (spec/service-linked-roles.md 1). */

export interface LinkedService {
  /** The service principal: the only one that may assume the role. */
  readonly principal: string;
  readonly roleName: string;
  /** What the role is described with until someone describes it otherwise. */
  readonly description: string;
  /** Name of the AWS managed policy in `/aws-service-role/` that gives the role its permissions. */
  readonly policyName: string;
  /** Whether an account may have several of these roles, told apart by a suffix. */
  readonly customSuffix: boolean;
}

const rows: readonly LinkedService[] = [
  {
    principal: 'ivs.amazonaws.com',
    roleName: 'AWSServiceRoleForIVSRecordToS3',
    description: 'Lets Amazon IVS record live video to your Amazon S3 buckets.',
    policyName: 'IVSRecordToS3',
    customSuffix: false,
  },
  {
    principal: 'delivery.logs.amazonaws.com',
    roleName: 'AWSServiceRoleForLogDelivery',
    description: 'Lets log delivery (of Amazon IVS chat, for one) write to your Amazon Data Firehose streams.',
    policyName: 'AWSServiceRoleForLogDeliveryPolicy',
    customSuffix: false,
  },
];

/** By service principal. Principals are compared with their case. */
export const linkedServices: ReadonlyMap<string, LinkedService> = new Map(rows.map((row) => [row.principal, row]));

/** The path that only service-linked roles and their policies have. */
export const linkedRoot = '/aws-service-role/';

export const linkedPath = (principal: string): string => `${linkedRoot}${principal}/`;

/** The role's name: a suffix is put behind an underscore. */
export const linkedRoleName = ({ roleName }: LinkedService, suffix: string | undefined): string =>
  suffix === undefined ? roleName : `${roleName}_${suffix}`;

/** Only the service may assume the role. */
export const linkedTrust = (principal: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: principal }, Action: 'sts:AssumeRole' }],
  });
