import { parseBlock } from '../cidr.ts';
import { parseDecimal } from '../decimal.ts';
import { parseInstant } from '../instant.ts';
import { type OperatorType, operatorTypes } from '../operator-names.ts';
import { keyKind } from './keys.ts';
import {
  type Advice,
  type LintContext,
  type LintRule,
  type PlacedClause,
  clausesOf,
  operandsOf,
  valuesOf,
} from './rule.ts';

function typeOf({ clause }: PlacedClause): OperatorType | undefined {
  return clause.operator === undefined ? undefined : operatorTypes.get(clause.operator);
}

/** A rule over the clauses one by one. */
function perClause(check: (placed: PlacedClause) => Omit<Advice, 'path'> | undefined) {
  return (context: LintContext): readonly Advice[] =>
    clausesOf(context).flatMap((placed) => {
      const found = check(placed);
      return found === undefined ? [] : [{ path: placed.path, ...found }];
    });
}

const unknownOperator = perClause(({ clause }) => {
  if (clause.operator !== undefined) return undefined;
  return {
    message: `\`${clause.written}\` is no condition operator: an Allow with it never applies, a Deny always does`,
    suggestion: 'use one of the 27 operators',
  };
});

const missingQualifier = perClause(({ clause, key }) => {
  if (clause.quantifier !== undefined || clause.operator === 'Null' || keyKind(key)?.multivalued !== true)
    return undefined;
  return {
    message: `\`${clause.key}\` holds a list, so \`${clause.written}\` needs a set qualifier`,
    suggestion: `write \`ForAnyValue:${clause.written}\` (one of them) or \`ForAllValues:${clause.written}\` (each of them)`,
  };
});

const needlessQualifier = perClause(({ clause, key }) => {
  if (clause.quantifier === undefined || keyKind(key)?.multivalued !== false) return undefined;
  return {
    message: `\`${clause.key}\` holds one value: a set qualifier can only make the condition wider than it looks`,
    suggestion: `write \`${clause.written.slice(clause.quantifier.length + 1)}\``,
  };
});

const nullWithQualifier = perClause(({ clause }) => {
  if (clause.operator !== 'Null' || clause.quantifier === undefined) return undefined;
  return {
    message: 'Null asks whether the key is there: a set qualifier makes no sense with it',
    suggestion: 'write `Null`',
  };
});

/** ForAllValues is true when the key is missing, so an Allow with it alone also allows requests without the key. */
const openForAll = perClause(({ statement, clause, key }) => {
  if (clause.quantifier !== 'ForAllValues' || statement.effect !== 'Allow' || clause.operator === 'Null')
    return undefined;
  const guarded = statement.conditions.some(
    (other) => other.operator === 'Null' && other.key.toLowerCase() === key && other.values.includes('false'),
  );
  if (guarded) return undefined;
  return {
    message: `this is true for every request without \`${clause.key}\``,
    suggestion: `add \`"Null": {"${clause.key}": "false"}\``,
  };
});

const mfaKey = 'aws:multifactorauthpresent';

/** The key is absent with long-term access keys: a plain Bool false never sees them. */
const mfaTrap = perClause(({ clause, key }) => {
  if (key !== mfaKey || clause.operator !== 'Bool' || clause.ifExists) return undefined;
  if (!clause.values.some((value) => value.toLowerCase() === 'false')) return undefined;
  return {
    message: 'long-term access keys carry no `aws:MultiFactorAuthPresent`, so this never matches them',
    suggestion: `write \`${clause.written}IfExists\``,
  };
});

const mfaIfExists = perClause(({ statement, clause, key }) => {
  if (key !== mfaKey || clause.operator !== 'Bool' || !clause.ifExists || statement.effect !== 'Allow')
    return undefined;
  if (!clause.values.some((value) => value.toLowerCase() === 'true')) return undefined;
  return {
    message: 'long-term access keys carry no `aws:MultiFactorAuthPresent`, so this allows them without MFA',
    suggestion: 'write `Bool`',
  };
});

const typeMismatch = perClause((placed) => {
  const type = typeOf(placed);
  const types = keyKind(placed.key)?.types ?? [];
  if (type === undefined || type === 'null' || types.length === 0 || types.includes(type)) return undefined;
  return {
    message: `\`${placed.clause.key}\` is compared as ${type}, but holds a value of type ${types[0]!}`,
    suggestion: `use an operator of type ${types.join(' or ')}`,
  };
});

function unknownKeys(context: LintContext): readonly Advice[] {
  if (context.catalogue === undefined) return [];
  const known = keyTest(context.catalogue.keys);
  return clausesOf(context)
    .filter(({ key }) => keyKind(key) === undefined && !isForeign(key) && !known(key))
    .map(({ path, clause }) => ({
      path,
      message: `no service is known to give the key \`${clause.key}\``,
      suggestion: 'check the spelling; a key that is never there makes most conditions false and negated ones true',
    }));
}

/** Keys of identity providers begin with their host name or with `saml:`; no catalogue lists them. */
function isForeign(key: string): boolean {
  return key.startsWith('saml:') || key.slice(0, key.indexOf(':')).includes('.');
}

/** Whether a key in lower case is among the known ones; those with a variable stand for all that begin alike. */
function keyTest(known: readonly string[]): (key: string) => boolean {
  const folded = known.map((key) => key.toLowerCase());
  const exact = new Set(folded);
  const prefixes = folded.filter((key) => key.includes('${')).map((key) => key.slice(0, key.indexOf('${')));
  return (key) => exact.has(key) || prefixes.some((prefix) => key.startsWith(prefix));
}

const hasVariable = /\$\{/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether a text can be an operand of an operator type. Operands with variables are taken as they are. */
const operandForms: Readonly<Record<OperatorType, (text: string) => boolean>> = {
  string: () => true,
  numeric: (text) => parseDecimal(text) !== undefined,
  date: (text) => parseInstant(text) !== undefined,
  bool: (text) => /^(?:true|false)$/i.test(text),
  null: (text) => /^(?:true|false)$/i.test(text),
  binary: (text) => base64.test(text),
  ip: (text) => parseBlock(text) !== undefined,
  arn: (text) => text === '*' || text.startsWith('arn:') || hasVariable.test(text),
};

function badOperands(context: LintContext): readonly Advice[] {
  return clausesOf(context).flatMap((placed) => {
    const type = typeOf(placed);
    if (type === undefined) return [];
    const bad = operandsOf(placed).filter(({ text }) => !operandForms[type](text));
    return bad.map(({ path, text }) => ({
      path,
      message: `\`${shortened(text)}\` is no value that ${placed.clause.written} can compare: it never matches`,
      suggestion: `write a value of type ${type}`,
    }));
  });
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Bits of the address behind the prefix: they are ignored, so the block is larger than it may look. */
function hostBits(context: LintContext): readonly Advice[] {
  return valuesOf(context, (placed) => typeOf(placed) === 'ip')
    .filter(({ text }) => hasHostBits(text))
    .map(({ path, text }) => ({
      path,
      message: `\`${text}\` has address bits behind its prefix; they are ignored`,
      suggestion: 'write the first address of the block, or a longer prefix',
    }));
}

function hasHostBits(text: string): boolean {
  const block = parseBlock(text);
  if (block === undefined) return false;
  return block.address.some((word, index) => {
    const counted = Math.min(16, Math.max(0, block.prefix - index * 16));
    return (word & (0xffff >> counted)) !== 0;
  });
}

const emptyOperands = perClause(({ clause }) => {
  if (clause.values.length > 0) return undefined;
  return { message: `\`${clause.key}\` is compared with nothing`, suggestion: 'give a value, or leave the key out' };
});

export const conditionRules: readonly LintRule[] = [
  { code: 'unknown-operator', severity: 'error', check: unknownOperator },
  { code: 'missing-qualifier', severity: 'error', check: missingQualifier },
  { code: 'needless-qualifier', severity: 'warning', check: needlessQualifier },
  { code: 'null-with-qualifier', severity: 'error', check: nullWithQualifier },
  { code: 'for-all-values-allow', severity: 'security-warning', check: openForAll },
  { code: 'mfa-trap', severity: 'security-warning', check: mfaTrap },
  { code: 'mfa-if-exists', severity: 'security-warning', check: mfaIfExists },
  { code: 'type-mismatch', severity: 'warning', check: typeMismatch },
  { code: 'unknown-key', severity: 'warning', check: unknownKeys },
  { code: 'invalid-operand', severity: 'error', check: badOperands },
  { code: 'host-bits', severity: 'warning', check: hostBits },
  { code: 'empty-operands', severity: 'warning', check: emptyOperands },
];
