/** What docs/service-linked-roles.md says is what the table of services has. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { linkedServices } from '../packages/server/src/services/iam/service-linked-table.ts';

const text = readFileSync(new URL('../docs/service-linked-roles.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| service '))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

test('S2-13 the table of services: who has a service-linked role, which one, with which policy', () => {
  const yes = rows
    .filter(([, , has]) => has === 'Yes')
    .map(([, , , principal, role, policy]) => [principal, role, policy]);
  expect(yes).toEqual([...linkedServices.values()].map((one) => [one.principal, one.roleName, one.policyName]));
  const no = rows.filter(([, , has]) => has === 'No').map(([, service]) => service);
  expect(no).toEqual(['Kinesis Video Streams']);
});

test('S2-31 S2-37 S2-38 it says how such a role comes to be there, is edited, and why to delete it', () => {
  expect(text).toContain('a role can appear\nin an account where nobody asked for one');
  expect(text).toContain('aws iam update-role-description');
  expect(text).toContain('Delete a role that is no longer needed');
});
