/** Metadata of an identity provider that exists for tests only. */
import { newCertificate } from './certificates.testkit.ts';
import { noon } from './iam.testkit.ts';

/** Base64 of a certificate that can be read. */
export const newSigningCertificate = async (): Promise<string> =>
  (await newCertificate('idp.example.com', noon, {})).cert.replaceAll(/-----[A-Z ]+-----|\s/g, '');

/** Made once. */
export const signingCertificate = await newSigningCertificate();

const keyDescriptor = (certificate: string): string =>
  `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;

interface Parts {
  readonly entityId?: string;
  readonly attributes?: string;
  readonly prolog?: string;
  readonly keys?: readonly string[];
}

/** Metadata of at least the thousand characters that are asked of it. */
export const metadataOf = ({
  entityId = 'https://idp.example.com/metadata',
  attributes = '',
  prolog = '<?xml version="1.0"?>',
  keys = [signingCertificate],
}: Parts = {}): string =>
  `${prolog}<!--${' '.repeat(1000)}--><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"${attributes}><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys
    .map(keyDescriptor)
    .join(
      '',
    )}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
