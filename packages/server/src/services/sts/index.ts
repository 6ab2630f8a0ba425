import { assumeRole } from './assume-role.ts';
import { callerIdentity } from './caller-identity.ts';

export const sts = { ...callerIdentity, ...assumeRole };
