/** The query protocol (IAM, STS): forms in, XML out. */
import type { Answer, WireError } from './answer.ts';
import { errorModel, statusOf } from './errors.ts';
import { formTree, utf8 } from './form.ts';
import { readForm } from './form-reader.ts';
import type { Operation } from './models.ts';
import type { Face, Recognized, RequestLine } from './recognize.ts';
import { contentOf, element, escapeXml } from './xml.ts';

/** Reads the parameters from the body, or from the query string where the action stood there. */
export function parseQueryInput(match: Recognized, request: RequestLine, body: Uint8Array): object {
  const { input } = match.operation;
  if (input === undefined) return {};
  return readForm(formTree(match.parameters === 'body' ? utf8(body) : request.query), input);
}

const headers = (requestId: string) => ({ 'content-type': 'text/xml', 'x-amzn-RequestId': requestId });

const namespaceOf = ({ service }: Face): string =>
  service?.xmlNamespace === undefined ? '' : ` xmlns="${service.xmlNamespace}"`;

function resultOf({ output: shape, resultWrapper }: Operation, output: object): string {
  if (shape === undefined || resultWrapper === undefined) return '';
  return element(resultWrapper, contentOf(shape)(output));
}

/** An operation without output answers its metadata only. */
export function renderQueryOutput(operation: Operation, output: object, requestId: string): Answer {
  const root = `${operation.name}Response`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const body = `<${root} xmlns="${operation.service.xmlNamespace}">${resultOf(operation, output)}${metadata}</${root}>`;
  return { status: operation.status, headers: headers(requestId), body };
}

export function renderQueryError(face: Face, error: WireError, requestId: string): Answer {
  const status = statusOf(face, error);
  const type =
    (errorModel(face, error.code)?.fault ?? (status >= 500 ? 'server' : 'client')) === 'server' ? 'Receiver' : 'Sender';
  const content = `<Type>${type}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
  const body = `<ErrorResponse${namespaceOf(face)}><Error>${content}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status, headers: headers(requestId), body };
}
