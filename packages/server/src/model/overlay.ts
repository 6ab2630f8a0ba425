/** Hand-kept corrections to the generated models. Every row says why; generated files are never edited. */

export interface Correction<T> {
  readonly value: T;
  readonly reason: string;
}

/**
 * IAM hands policy documents back URL-encoded (RFC 3986), which no model says.
 * Handlers return the stored text; these `Structure.member`s are encoded when rendered.
 */
export const urlEncodedMembers: Readonly<Record<string, readonly string[]>> = {
  iam: [
    'GetUserPolicyResponse.PolicyDocument',
    'GetGroupPolicyResponse.PolicyDocument',
    'GetRolePolicyResponse.PolicyDocument',
    'PolicyDetail.PolicyDocument',
    'PolicyVersion.Document',
    'Role.AssumeRolePolicyDocument',
    'RoleDetail.AssumeRolePolicyDocument',
  ],
};

/** `Structure.member`s that are secrets although their model does not mark them. */
export const sensitiveMembers: Readonly<Record<string, Correction<readonly string[]>>> = {
  iam: {
    value: ['CreateVirtualMFADeviceResponse.VirtualMFADevice', 'UploadServerCertificateRequest.PrivateKey'],
    reason: 'the seed of an MFA device and a private key let their reader sign in as the user',
  },
  sts: {
    value: [
      'Credentials.SessionToken',
      'AssumeRoleRequest.TokenCode',
      'GetSessionTokenRequest.TokenCode',
      'AssumeRoleRequest.ExternalId',
      'GetWebIdentityTokenResponse.WebIdentityToken',
    ],
    reason: 'a session token is a bearer secret; MFA codes and external ids are shared secrets',
  },
};

/** Patterns that cannot be meant literally: the text shown stays the model's, this one is enforced. */
export const enforcedPatterns: Readonly<Record<string, Correction<Readonly<Record<string, string>>>>> = {
  iam: {
    value: { pathType: '[\\s\\S]*' },
    reason: 'a bad path is refused by the handlers in a sentence of its own, recorded from AWS',
  },
  ivs: {
    value: { ResourceArn: 'arn:aws:ivs:[a-z0-9-]+:[0-9]+:[a-z-]+/[a-zA-Z0-9-]+' },
    reason: 'the model admits resource types of one letter only, so no ARN could be tagged',
  },
  'ivs-realtime': {
    value: { ResourceArn: 'arn:aws:ivs:[a-z0-9-]+:[0-9]+:[a-z-]+/[a-zA-Z0-9-]+' },
    reason: 'the model admits resource types of one letter only, so no ARN could be tagged',
  },
  ivschat: {
    value: { ResourceArn: 'arn:aws:ivschat:[a-z0-9-]+:[0-9]+:[a-z-]+/[a-zA-Z0-9-]+' },
    reason: 'the model admits resource types of one letter only, so no ARN could be tagged',
  },
};

/** HTTP statuses that the services answer with although their models say otherwise. */
const deniedByTheDoor: Correction<Readonly<Record<string, number>>> = {
  value: { AccessDeniedException: 403 },
  reason: 'the model says 401; denials by IAM policies are answered with 403 in practice',
};
export const errorStatuses: Readonly<Record<string, Correction<Readonly<Record<string, number>>>>> = {
  kinesisvideo: deniedByTheDoor,
  'kinesis-video-media': deniedByTheDoor,
  'kinesis-video-archived-media': deniedByTheDoor,
  'kinesis-video-signaling': deniedByTheDoor,
  'kinesis-video-webrtc-storage': deniedByTheDoor,
};

/**
 * Services that share a signing name and a path for their tag operations:
 * the resource type in the ARN says which of them is meant; the first service of the name serves the rest.
 */
export const resourceTypesByArn: Readonly<Record<string, readonly string[]>> = {
  'ivs-realtime': [
    'stage',
    'public-key',
    'composition',
    'encoder-configuration',
    'storage-configuration',
    'ingest-configuration',
  ],
};

/** How a service words constraint failures. */
export interface ValidationStyle {
  /** Error code of a constraint failure. */
  readonly code: string;
  /** Whether the offending value is repeated. */
  readonly echo: boolean;
  /** Whether the permitted values of an enumeration are listed. */
  readonly listEnums: boolean;
  /** Further members of the error. */
  readonly members?: Readonly<Record<string, unknown>>;
}

const json: ValidationStyle = { code: 'ValidationException', echo: true, listEnums: true };
/** Kinesis Video models no ValidationException; InvalidArgumentException is what its clients can catch. */
const kinesisVideo: ValidationStyle = { ...json, code: 'InvalidArgumentException' };

export const validationStyles: Readonly<Record<string, ValidationStyle>> = {
  iam: { code: 'ValidationError', echo: false, listEnums: false },
  sts: { code: 'ValidationError', echo: true, listEnums: true },
  ivschat: { ...json, members: { reason: 'FIELD_VALIDATION_FAILED' } },
  kinesisvideo: kinesisVideo,
  'kinesis-video-media': kinesisVideo,
  'kinesis-video-archived-media': kinesisVideo,
  'kinesis-video-signaling': kinesisVideo,
  'kinesis-video-webrtc-storage': kinesisVideo,
};
export const defaultValidationStyle: ValidationStyle = json;
