/** Templates with `@{parameter}` placeholders, filled in without ever changing the shape of the document. */

/** Values by parameter; more than one only where the parameter is a list. */
export type Values = ReadonlyMap<string, readonly string[]>;

const placeholder = /@\{([^{}]+)\}/g;
const alone = /^@\{([^{}]+)\}$/;

/** A placeholder for which there is no single value. */
export class Unfilled extends Error {
  readonly parameter: string;
  constructor(parameter: string) {
    super(`the parameter ${parameter} has no value that fits`);
    this.name = 'Unfilled';
    this.parameter = parameter;
  }
}

/** The text with every placeholder replaced; throws `Unfilled`. */
export const filledText = (text: string, values: Values): string =>
  text.replaceAll(placeholder, (_, name: string) => {
    const [only, ...others] = values.get(name) ?? [];
    if (only === undefined || others.length > 0) throw new Unfilled(name);
    return only;
  });

/** Elements of a list: a placeholder that stands alone may bring several. */
const elements = (item: unknown, values: Values): unknown[] => {
  const name = typeof item === 'string' ? alone.exec(item)?.[1] : undefined;
  const list = name === undefined ? undefined : values.get(name);
  return list === undefined ? [filled(item, values)] : [...list];
};

function filled(value: unknown, values: Values): unknown {
  if (typeof value === 'string') {
    const name = alone.exec(value)?.[1];
    const list = name === undefined ? undefined : values.get(name);
    return list !== undefined && list.length > 1 ? [...list] : filledText(value, values);
  }
  if (Array.isArray(value)) return value.flatMap((item: unknown) => elements(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [filledText(key, values), filled(item, values)]),
  );
}

/** The JSON document with placeholders replaced inside of its strings: a value cannot add statements. Throws `Unfilled`. */
export const filledDocument = (text: string, values: Values): string =>
  JSON.stringify(filled(JSON.parse(text), values));
