/** Errors that are not an operation's own: their codes and statuses in each protocol, in one table. */
import type { ErrorModel, ProtocolName } from './models.ts';
import type { WireError } from './answer.ts';
import type { Face } from './recognize.ts';

/** What may go wrong with any request, whatever the service. */
export type Condition =
  | 'missingAuthentication'
  | 'unknownKey'
  | 'badSignature'
  | 'malformedSignature'
  | 'expiredToken'
  | 'accessDenied'
  | 'malformedInput'
  | 'malformedQueryString'
  | 'unknownOperation'
  | 'throttled'
  | 'tooLarge'
  | 'timeout'
  | 'unavailable'
  | 'internalFailure';

type Code = readonly [code: string, status: number];

/** Columns: awsQuery · restJson1 · awsJson. */
const conditions: Readonly<Record<Condition, readonly [Code, Code, Code]>> = {
  missingAuthentication: [
    ['MissingAuthenticationToken', 403],
    ['MissingAuthenticationTokenException', 403],
    ['MissingAuthenticationTokenException', 400],
  ],
  unknownKey: [
    ['InvalidClientTokenId', 403],
    ['UnrecognizedClientException', 403],
    ['UnrecognizedClientException', 400],
  ],
  badSignature: [
    ['SignatureDoesNotMatch', 403],
    ['InvalidSignatureException', 403],
    ['InvalidSignatureException', 400],
  ],
  malformedSignature: [
    ['IncompleteSignature', 400],
    ['IncompleteSignatureException', 403],
    ['IncompleteSignatureException', 400],
  ],
  expiredToken: [
    ['ExpiredToken', 403],
    ['ExpiredTokenException', 403],
    ['ExpiredTokenException', 400],
  ],
  accessDenied: [
    ['AccessDenied', 403],
    ['AccessDeniedException', 403],
    ['AccessDeniedException', 400],
  ],
  malformedInput: [
    ['MalformedInput', 400],
    ['SerializationException', 400],
    ['SerializationException', 400],
  ],
  malformedQueryString: [
    ['MalformedQueryString', 400],
    ['SerializationException', 400],
    ['SerializationException', 400],
  ],
  unknownOperation: [
    ['InvalidAction', 400],
    ['UnknownOperationException', 404],
    ['UnknownOperationException', 400],
  ],
  throttled: [
    ['Throttling', 400],
    ['ThrottlingException', 429],
    ['ThrottlingException', 400],
  ],
  tooLarge: [
    ['RequestEntityTooLarge', 413],
    ['RequestEntityTooLargeException', 413],
    ['RequestEntityTooLargeException', 413],
  ],
  timeout: [
    ['RequestTimeout', 408],
    ['RequestTimeoutException', 408],
    ['RequestTimeoutException', 408],
  ],
  unavailable: [
    ['ServiceUnavailable', 503],
    ['ServiceUnavailableException', 503],
    ['ServiceUnavailableException', 503],
  ],
  internalFailure: [
    ['ServiceFailure', 500],
    ['InternalServerException', 500],
    ['InternalFailure', 500],
  ],
};

const columns: Readonly<Record<ProtocolName, 0 | 1 | 2>> = { awsQuery: 0, restJson1: 1, awsJson: 2 };

/** Codes that no condition stands for and no model declares. */
const further: Readonly<Record<string, number>> = {
  ExpiredToken: 403,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidParameterCombination: 400,
  InvalidParameterValue: 400,
  MissingAction: 400,
  MissingParameter: 400,
  NoSuchVersion: 400,
  OptInRequired: 403,
  PendingVerification: 403,
  RequestExpired: 400,
  UnknownOperationException: 404,
  ValidationError: 400,
  ValidationException: 400,
};

/** The code and status of a condition in a protocol. */
export function commonError(
  protocol: ProtocolName,
  condition: Condition,
): { readonly code: string; readonly status: number } {
  const [code, status] = conditions[condition][columns[protocol]];
  return { code, status };
}

const statusesByColumn = ([0, 1, 2] as const).map(
  (column) => new Map([...Object.entries(further), ...Object.values(conditions).map((row) => row[column])]),
);

/** The model of an error, when the service has one. */
export const errorModel = (face: Face, code: string): ErrorModel | undefined => face.service?.errors.get(code);

/** HTTP status of an error: the model's, else the common one, else what the error brings, else 400. */
export function statusOf(face: Face, error: WireError): number {
  const common = statusesByColumn[columns[face.protocol]]?.get(error.code);
  return errorModel(face, error.code)?.status ?? error.status ?? common ?? 400;
}
