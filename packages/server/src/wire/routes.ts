/** Which operation a method and a raw path mean, for the REST protocols. */
import { resourceTypesByArn } from '../model/overlay.ts';
import type { Operation, ServiceModel } from './models.ts';

export interface RouteMatch {
  readonly operation: Operation;
  /** URI labels, decoded once. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Template {
  readonly method: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  readonly operations: Operation[];
}

const none: Readonly<Record<string, string>> = Object.freeze({});
const labelPattern = /\{(\w+)(\+?)\}/g;
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function patternOf(uri: string): RegExp {
  let last = 0;
  let source = '';
  for (const match of uri.matchAll(labelPattern)) {
    source += escaped(uri.slice(last, match.index)) + (match[2] === '+' ? '(.+)' : '([^/]+)');
    last = match.index + match[0].length;
  }
  return new RegExp(`^${source}${escaped(uri.slice(last))}$`);
}

/** The resource type of an ARN: what stands between the account and the first `/`. */
const resourceTypeOf = (arn: string): string => arn.split(':', 6)[5]?.split('/', 1)[0] ?? '';

/** Where services share a path, the type in the ARN decides; the first service serves the rest. */
function choose(operations: readonly Operation[], labels: Readonly<Record<string, string>>): Operation | undefined {
  if (operations.length === 1) return operations[0];
  const types = Object.values(labels).map(resourceTypeOf);
  const special = operations.find((o) => types.some((type) => resourceTypesByArn[o.service.name]?.includes(type)));
  return special ?? operations[0];
}

function decodeLabel(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/** The routes of all REST services that share one signing name. */
export class RouteTable {
  readonly #literal = new Map<string, Operation>();
  readonly #templates: Template[] = [];

  constructor(services: readonly ServiceModel[]) {
    const rest = services.filter((service) => service.protocol === 'restJson1');
    for (const operation of rest.flatMap((service) => [...service.operations.values()])) this.#add(operation);
  }

  /** `path` as sent, still percent-encoded. */
  find(method: string, path: string): RouteMatch | undefined {
    const operation = this.#literal.get(`${method} ${path}`);
    return operation === undefined ? this.#findTemplate(method, path) : { operation, labels: none };
  }

  #findTemplate(method: string, path: string): RouteMatch | undefined {
    for (const template of this.#templates) {
      const match = template.method === method ? template.pattern.exec(path) : null;
      if (match === null) continue;
      const labels = this.#labels(template, match);
      const operation = labels && choose(template.operations, labels);
      return operation && labels && { operation, labels };
    }
    return undefined;
  }

  #labels(template: Template, match: RegExpExecArray): Record<string, string> | undefined {
    const labels: Record<string, string> = {};
    for (const [index, name] of template.labels.entries()) {
      const value = decodeLabel(match[index + 1] ?? '');
      if (value === undefined) return undefined;
      labels[name] = value;
    }
    return labels;
  }

  #add(operation: Operation): void {
    if (operation.uri.includes('{')) this.#addTemplate(operation);
    else this.#addLiteral(`${operation.method} ${operation.uri}`, operation);
  }

  #addLiteral(route: string, operation: Operation): void {
    const other = this.#literal.get(route);
    if (other !== undefined) throw new Error(`${route} is both ${other.service.name} and ${operation.service.name}`);
    this.#literal.set(route, operation);
  }

  #addTemplate(operation: Operation): void {
    const pattern = patternOf(operation.uri);
    const known = this.#templates.find((t) => t.method === operation.method && t.pattern.source === pattern.source);
    if (known !== undefined) {
      known.operations.push(operation);
      return;
    }
    const labels = [...operation.uri.matchAll(labelPattern)].map((match) => match[1] ?? '');
    this.#templates.push({ method: operation.method, pattern, labels, operations: [operation] });
  }
}
