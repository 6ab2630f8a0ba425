/** Passwords: hashed with scrypt, compared in constant time, checked against the account's policy (spec/iam.md 6.8). */
import { scrypt, timingSafeEqual } from 'node:crypto';
import type { Random } from '../environment.ts';
import type { PasswordPolicyRecord } from './records.ts';

/** Cost 2^15: about 32 MB and 60 ms a hash. */
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const keyBytes = 32;

const derive = (password: string, salt: Buffer, parameters: typeof cost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, keyBytes, parameters, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** `scrypt$N$r$p$salt$key`, the last two in base64. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random.bytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$');
}

/** Whether the password is the one that was hashed. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = hash.split('$');
  const expected = Buffer.from(key, 'base64');
  const parameters = { ...cost, N: Number(N), r: Number(r), p: Number(p) };
  const actual = await derive(password, Buffer.from(salt, 'base64'), parameters);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

interface Class {
  readonly name: string;
  readonly form: RegExp;
  readonly required: (policy: PasswordPolicyRecord) => boolean;
}

const classes: readonly Class[] = [
  { name: 'uppercase letter', form: /[A-Z]/, required: (policy) => policy.requireUppercase },
  { name: 'lowercase letter', form: /[a-z]/, required: (policy) => policy.requireLowercase },
  { name: 'number', form: /\d/, required: (policy) => policy.requireNumbers },
  { name: 'symbol', form: /[!@#$%^&*()_+\-=[\]{}|']/, required: (policy) => policy.requireSymbols },
];

const atLeastOne = ({ name }: Class): string => `Password should have at least one ${name}`;
const minimum = (length: number): string => `Password should have a minimum length of ${length}`;

/** Without a policy: eight characters of three of the four classes. */
function defaultProblem(password: string): string | undefined {
  if (password.length < 8) return minimum(8);
  const unmet = classes.filter(({ form }) => !form.test(password));
  if (unmet.length <= 1) return undefined;
  const list = unmet.map(atLeastOne).join(', ');
  return `Password should meet ${unmet.length - 1} more of the following requirements: ${list}`;
}

/** Why the password is refused, in AWS's words, or `undefined`. */
export function passwordProblem(password: string, policy: PasswordPolicyRecord | undefined): string | undefined {
  if (policy === undefined) return defaultProblem(password);
  if (password.length < policy.minimumLength) return minimum(policy.minimumLength);
  const unmet = classes.filter(({ form, required }) => required(policy) && !form.test(password));
  return unmet.length === 0 ? undefined : unmet.map(atLeastOne).join(', ');
}
