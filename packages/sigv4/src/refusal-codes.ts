/** What each refusal is called on the wire, per protocol. Source: AWS's answers as measured, spec/sts.md 8.6. */
import type { Refusal, RefusalReason } from './refusal.ts';

/** Wire families: awsQuery, awsJson 1.0 and 1.1, restJson1, and S3's restXml. */
export type WireProtocol = 'query' | 'json' | 'rest-json' | 'rest-xml';

export interface RefusalCode {
  /** '' stands for an answer without a body. */
  readonly code: string;
  readonly status: number;
}

export interface RefusalAnswer extends RefusalCode {
  readonly message: string;
}

interface XmlAnswer extends RefusalCode {
  /** S3's own sentence where it differs. */
  readonly message?: string;
}

interface CodeRow {
  readonly query: RefusalCode;
  /** awsJson answers 400 and restJson1 403, with the same name. */
  readonly json: string;
  /** restJson1's status where it is not 403. */
  readonly restStatus?: number;
  readonly xml: XmlAnswer;
  /** S3 on the presigned form, where it differs. */
  readonly xmlPresigned?: XmlAnswer;
}

const answer = (code: string, status: number, message?: string): XmlAnswer =>
  message === undefined ? { code, status } : { code, status, message };

const mismatch = {
  query: answer('SignatureDoesNotMatch', 403),
  json: 'InvalidSignatureException',
  xml: answer('SignatureDoesNotMatch', 403),
};
const s3Mismatch = answer(
  'SignatureDoesNotMatch',
  403,
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
);
const s3Skew = answer(
  'RequestTimeTooSkewed',
  403,
  'The difference between the request time and the current time is too large.',
);
const incomplete = {
  query: answer('IncompleteSignature', 400),
  json: 'IncompleteSignatureException',
  xml: answer('AuthorizationHeaderMalformed', 400),
  xmlPresigned: answer('AuthorizationQueryParametersError', 400),
};
const unknown = { query: answer('InvalidClientTokenId', 403), json: 'UnrecognizedClientException' };

const rows = {
  badPath: {
    query: answer('', 400),
    json: '',
    restStatus: 400,
    xml: answer('InvalidURI', 400, "Couldn't parse the specified URI."),
  },
  badQuery: {
    query: answer('MalformedQueryString', 400),
    json: 'MalformedQueryString',
    restStatus: 400,
    xml: answer('InvalidURI', 400, "Couldn't parse the specified URI."),
  },
  missing: {
    query: answer('MissingAuthenticationToken', 403),
    json: 'MissingAuthenticationTokenException',
    xml: answer('AccessDenied', 403, 'Access Denied'),
  },
  both: { ...mismatch, xml: answer('InvalidArgument', 400) },
  algorithm: { ...incomplete, xml: answer('InvalidArgument', 400, 'Unsupported Authorization Type') },
  incomplete,
  malformed: incomplete,
  hostUnsigned: mismatch,
  expired: { ...mismatch, xml: s3Skew, xmlPresigned: answer('AccessDenied', 403, 'Request has expired') },
  notYetCurrent: { ...mismatch, xml: s3Skew, xmlPresigned: answer('AccessDenied', 403, 'Request is not yet valid') },
  scope: { ...mismatch, xml: incomplete.xml, xmlPresigned: incomplete.xmlPresigned },
  unknownKey: {
    ...unknown,
    xml: answer('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'),
  },
  badToken: {
    ...unknown,
    xml: answer('InvalidToken', 400, 'The provided token is malformed or otherwise invalid.'),
  },
  expiredToken: {
    query: answer('ExpiredToken', 403),
    json: 'ExpiredTokenException',
    xml: answer('ExpiredToken', 400, 'The provided token has expired.'),
  },
  headerUnsigned: {
    ...mismatch,
    xml: answer('AccessDenied', 403, 'There were headers present in the request which were not signed'),
  },
  signature: { ...mismatch, xml: s3Mismatch },
  payloadHash: {
    ...mismatch,
    xml: answer(
      'XAmzContentSHA256Mismatch',
      400,
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ),
  },
  payloadUnsigned: { ...mismatch, xml: answer('InvalidRequest', 400) },
  payloadHashMissing: {
    ...mismatch,
    xml: answer('InvalidRequest', 400, 'Missing required header for this request: x-amz-content-sha256'),
  },
  chunkFraming: { ...mismatch, xml: answer('IncompleteBody', 400, 'The request body terminated unexpectedly') },
  chunkSignature: { ...mismatch, xml: s3Mismatch },
} as const satisfies Record<RefusalReason, CodeRow>;

function xmlAnswer(reason: RefusalReason, presigned: boolean): XmlAnswer {
  const row: CodeRow = rows[reason];
  return presigned ? (row.xmlPresigned ?? row.xml) : row.xml;
}

/** The error code and HTTP status of a reason. */
export function refusalCode(reason: RefusalReason, protocol: WireProtocol): RefusalCode {
  const row: CodeRow = rows[reason];
  if (protocol === 'query') return row.query;
  if (protocol === 'rest-xml') return { code: row.xml.code, status: row.xml.status };
  return { code: row.json, status: protocol === 'json' ? 400 : (row.restStatus ?? 403) };
}

/** Code, status and text with which a service of that protocol answers a refusal. */
export function describeRefusal(refusal: Refusal, protocol: WireProtocol): RefusalAnswer {
  const { reason, message } = refusal;
  if (protocol === 'rest-xml') {
    const { code, status, message: own } = xmlAnswer(reason, refusal.form === 'query');
    return { code, status, message: own ?? message };
  }
  // Query services say nothing when a request signs twice (measured).
  return { ...refusalCode(reason, protocol), message: reason === 'both' && protocol === 'query' ? '' : message };
}
