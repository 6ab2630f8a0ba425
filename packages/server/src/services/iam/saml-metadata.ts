/** SAML 2.0 metadata of an identity provider (OASIS saml-metadata-2.0): who it is and which keys speak for it. */
import { X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import type { Element } from '@xmldom/xmldom';

const metadataNamespace = 'urn:oasis:names:tc:SAML:2.0:metadata';
const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';

export interface SamlMetadata {
  readonly entityId: string;
  /** DER in base64. */
  readonly certificates: readonly string[];
  /** Milliseconds since the epoch; absent when the document names no end. */
  readonly validUntil?: number;
}

function childrenOf(parents: readonly Element[], namespace: string, name: string): Element[] {
  const found: Element[] = [];
  for (const parent of parents) {
    for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- node type 1 is an element
      if (child.nodeType === 1 && child.namespaceURI === namespace && child.localName === name)
        found.push(child as Element);
    }
  }
  return found;
}

/** More than these no identity provider's metadata has; the parser's time grows with their product. */
const mostTags = 10_000;
const mostNamespaces = 1000;

const count = (text: string, part: string): number => text.split(part).length - 1;

/** The root element; throws when the text is no well-formed XML. Entities cannot be declared without a DTD. */
function rootOf(text: string): Element | null {
  if (/<!DOCTYPE/i.test(text) || count(text, '<') > mostTags || count(text, 'xmlns') > mostNamespaces) return null;
  const parser = new DOMParser({
    onError: (level, message) => {
      if (level !== 'warning') throw new Error(message);
    },
  });
  return parser.parseFromString(text, 'text/xml').documentElement;
}

/** Certificates of the keys that sign; a key without a use does both. */
function signingCertificates(descriptors: readonly Element[]): string[] {
  const keys = childrenOf(descriptors, metadataNamespace, 'KeyDescriptor').filter(
    (key) => key.getAttribute('use') !== 'encryption',
  );
  const infos = childrenOf(keys, signatureNamespace, 'KeyInfo');
  const data = childrenOf(infos, signatureNamespace, 'X509Data');
  const texts = childrenOf(data, signatureNamespace, 'X509Certificate').map(({ textContent }) => textContent ?? '');
  return [...new Set(texts.map((text) => new X509Certificate(Buffer.from(text, 'base64')).raw.toString('base64')))];
}

function read(text: string): SamlMetadata | undefined {
  const root = rootOf(text);
  if (root === null || root.namespaceURI !== metadataNamespace || root.localName !== 'EntityDescriptor')
    return undefined;
  const entityId = root.getAttribute('entityID') ?? '';
  const until = root.getAttribute('validUntil') ?? '';
  const descriptors = childrenOf([root], metadataNamespace, 'IDPSSODescriptor');
  const certificates = signingCertificates(descriptors);
  const validUntil = until === '' ? undefined : Date.parse(until);
  if (entityId === '' || Number.isNaN(validUntil) || certificates.length === 0) return undefined;
  return { entityId, certificates, ...(validUntil !== undefined && { validUntil }) };
}

/**
 * What a metadata document says, or `undefined` when it is not that of an identity provider: not well-formed, with a
 * DTD, without an entity id, an identity provider's descriptor or a certificate that can be read.
 */
export function readSamlMetadata(text: string): SamlMetadata | undefined {
  try {
    return read(text);
  } catch {
    return undefined;
  }
}
