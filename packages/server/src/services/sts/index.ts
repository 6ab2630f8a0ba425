/** AWS Security Token Service: one row per operation, collected from one file per noun. */
import { assumeRole } from './assume-role.ts';
import { callerIdentity } from './caller-identity.ts';
import { userSessions } from './user-sessions.ts';

export const sts = { ...callerIdentity, ...assumeRole, ...userSessions };
