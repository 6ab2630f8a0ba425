/** Condition keys of which it is known what they hold. */

import type { OperatorType } from '../operator-names.ts';

export interface KeyKind {
  /** Operator types that make sense; empty when any does (the value of a tag may be anything). */
  readonly types: readonly OperatorType[];
  readonly multivalued: boolean;
}

type Row = readonly [key: string, types: readonly OperatorType[], multivalued?: 'multivalued'];

const text: readonly OperatorType[] = ['string'];
const arn: readonly OperatorType[] = ['arn', 'string'];
const bool: readonly OperatorType[] = ['bool'];

const rows: readonly Row[] = [
  ['aws:assumedroot', bool],
  ['aws:calledvia', text, 'multivalued'],
  ['aws:calledviafirst', text],
  ['aws:calledvialast', text],
  ['aws:currenttime', ['date']],
  ['aws:ec2instancesourceprivateipv4', ['ip']],
  ['aws:epochtime', ['date', 'numeric']],
  ['aws:federatedprovider', arn],
  ['aws:multifactorauthage', ['numeric']],
  ['aws:multifactorauthpresent', bool],
  ['aws:principalaccount', text],
  ['aws:principalarn', arn],
  ['aws:principalisawsservice', bool],
  ['aws:principalorgid', text],
  ['aws:principalorgpaths', text, 'multivalued'],
  ['aws:principalservicename', text],
  ['aws:principalservicenameslist', text, 'multivalued'],
  ['aws:principaltype', text],
  ['aws:referer', text],
  ['aws:requestedregion', text],
  ['aws:resourceaccount', text],
  ['aws:resourceorgid', text],
  ['aws:resourceorgpaths', text, 'multivalued'],
  ['aws:securetransport', bool],
  ['aws:sourceaccount', text],
  ['aws:sourcearn', arn],
  ['aws:sourceidentity', text],
  ['aws:sourceip', ['ip']],
  ['aws:sourceorgid', text],
  ['aws:sourceorgpaths', text, 'multivalued'],
  ['aws:sourceowner', text],
  ['aws:sourcevpc', text],
  ['aws:sourcevpcarn', arn],
  ['aws:sourcevpce', text],
  ['aws:tagkeys', text, 'multivalued'],
  ['aws:tokenissuetime', ['date']],
  ['aws:useragent', text],
  ['aws:userid', text],
  ['aws:username', text],
  ['aws:viaawsservice', bool],
  ['aws:vpceaccount', text],
  ['aws:vpceorgid', text],
  ['aws:vpceorgpaths', text, 'multivalued'],
  ['aws:vpcsourceip', ['ip']],
  ['iam:associatedresourcearn', arn],
  ['iam:awsservicename', text],
  ['iam:passedtoservice', text],
  ['iam:permissionsboundary', arn],
  ['iam:policyarn', arn],
  ['sts:externalid', text],
  ['sts:rolesessionname', text],
  ['sts:sourceidentity', text],
  ['sts:transitivetagkeys', text, 'multivalued'],
];

const kinds: ReadonlyMap<string, KeyKind> = new Map(
  rows.map(([key, types, multivalued]) => [key, { types, multivalued: multivalued !== undefined }]),
);

const tagKey = /^(?:aws:(?:principal|request|resource)tag|iam:resourcetag)\//;
const tagKind: KeyKind = { types: [], multivalued: false };

/** What a key holds; the key in lower case. `undefined` when not known. */
export function keyKind(key: string): KeyKind | undefined {
  return tagKey.test(key) ? tagKind : kinds.get(key);
}
