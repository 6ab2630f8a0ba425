/** Compiled policies of many principals, kept while they are used and forgotten within a stated bound. */
import { compileDocument } from './compile.ts';
import type { CompiledPolicy, Home } from './compile.ts';
import { parsePolicy } from './parse.ts';
import type { Problem } from './parse.ts';
import { CompiledSet } from './policy-set.ts';
import type { CompiledSource, PolicySet } from './policy-set.ts';
import type { Policy } from './statement.ts';

/** A document as a store keeps it; `id` appears in decisions (an ARN, or `inline:<owner>/<name>`). */
export interface PolicyText {
  readonly id: string;
  readonly text: string;
  /** Which version of the document this is, where it has versions. For records only. */
  readonly version?: string;
}

export interface PolicyCacheOptions {
  /** Bytes of memory that the cache may take, as it estimates them; 256 MiB unless told. */
  readonly maxBytes?: number;
  /** Statements that the cached documents may have together; unbounded unless told. */
  readonly maxStatements?: number;
}

export interface PolicyCache {
  /**
   * The compiled documents of a principal. `version` names the state of its sources: as long as it is the same, what was
   * compiled is returned and `load` is not called; with another it is called, and what was kept is replaced.
   * Throws `UnreadablePolicy` when a document does not parse: it may deny, so it must not be passed over.
   */
  get(principalId: string, version: string, load: () => readonly PolicyText[]): PolicySet;
  /** What is kept for a principal in this version, for callers that load asynchronously and then `put`. */
  find(principalId: string, version: string): PolicySet | undefined;
  /** Compiles and keeps. Throws like `get`. */
  put(principalId: string, version: string, documents: readonly PolicyText[]): PolicySet;
  delete(principalId: string): void;
  clear(): void;
  /** What is kept now: principals, distinct documents, their statements, and the estimated bytes of all. */
  readonly size: {
    readonly principals: number;
    readonly documents: number;
    readonly statements: number;
    readonly bytes: number;
  };
}

/** A document that does not parse; `problems` says where. */
export class UnreadablePolicy extends Error {
  readonly policyId: string;
  readonly problems: readonly Problem[];

  constructor(policyId: string, problems: readonly Problem[]) {
    super(`the policy ${policyId} cannot be read: ${problems[0]!.message}`);
    this.name = 'UnreadablePolicy';
    this.policyId = policyId;
    this.problems = problems;
  }
}

/** Measured on Node 20 and rounded up: a principal with its set, its hold on a document, a document, a statement, a pattern or operand. */
const COST = { principal: 400, hold: 130, document: 300, statement: 350, item: 150, character: 1 } as const;

/** A text and its compiled form. The parsed form is let go after compiling; explanations parse the text again. */
class KeptDocument implements Home {
  readonly text: string;
  readonly compiled: CompiledPolicy;
  readonly bytes: number;
  /** Principals that have it. */
  users = 0;
  #parsed: WeakRef<Policy> | undefined;

  constructor(text: string, policy: Policy) {
    this.text = text;
    this.compiled = compileDocument(policy, this);
    this.bytes = bytesOf(this.compiled, text);
  }

  get policy(): Policy {
    const known = this.#parsed?.deref();
    if (known !== undefined) return known;
    const policy = parsed('(kept)', this.text);
    this.#parsed = new WeakRef(policy);
    return policy;
  }

  get statements(): number {
    return this.compiled.statements.length;
  }
}

function parsed(id: string, text: string): Policy {
  const result = parsePolicy(text);
  if (!result.ok) throw new UnreadablePolicy(id, result.problems);
  return result.policy;
}

function bytesOf({ statements }: CompiledPolicy, text: string): number {
  const items = statements.map(({ actions, resources, principals, clauses }) => {
    const tests = clauses.reduce((sum, clause) => sum + 1 + clause.tests.length, 0);
    return actions.length * 0.1 + (resources?.length ?? 0) + (principals?.matchers.length ?? 0) + tests;
  });
  const count = items.reduce((sum, one) => sum + one, 0);
  return COST.document + statements.length * COST.statement + count * COST.item + text.length * COST.character;
}

/** A source whose parsed form is made when someone asks for it. */
class KeptSource implements CompiledSource {
  readonly id: string;
  readonly version?: string;
  readonly document: KeptDocument;

  constructor({ id, version }: PolicyText, document: KeptDocument) {
    this.id = id;
    if (version !== undefined) this.version = version;
    this.document = document;
  }

  get policy(): Policy {
    return this.document.policy;
  }

  get compiled(): CompiledPolicy {
    return this.document.compiled;
  }
}

interface Entry {
  readonly version: string;
  readonly set: CompiledSet;
  readonly documents: readonly KeptDocument[];
  /** Estimated, without its documents; `GONE` when it was evicted. */
  bytes: number;
  /** Asked for since it was last passed over: gets a second chance. */
  used: boolean;
}

const GONE = -1;

class BoundedCache implements PolicyCache {
  readonly #maxBytes: number;
  readonly #maxStatements: number;
  /** In the order of eviction. */
  readonly #entries = new Map<string, Entry>();
  readonly #documents = new Map<string, KeptDocument>();
  #bytes = 0;
  #statements = 0;

  constructor({ maxBytes = 256 * 1024 * 1024, maxStatements = Number.POSITIVE_INFINITY }: PolicyCacheOptions) {
    this.#maxBytes = maxBytes;
    this.#maxStatements = maxStatements;
  }

  get(principalId: string, version: string, load: () => readonly PolicyText[]): PolicySet {
    return this.find(principalId, version) ?? this.put(principalId, version, load());
  }

  find(principalId: string, version: string): PolicySet | undefined {
    const entry = this.#entries.get(principalId);
    if (entry === undefined || entry.version !== version) return undefined;
    entry.used = true;
    return entry.set;
  }

  put(principalId: string, version: string, texts: readonly PolicyText[]): PolicySet {
    const sources = this.#sources(texts);
    this.delete(principalId);
    const entry: Entry = {
      version,
      set: new CompiledSet(sources, (bytes) => this.#charge(entry, bytes)),
      documents: sources.map(({ document }) => document),
      bytes: 0,
      used: true,
    };
    this.#entries.set(principalId, entry);
    this.#charge(entry, COST.principal + COST.hold * sources.length);
    this.#evict();
    return entry.set;
  }

  /** All of the documents or, when one cannot be read, none. */
  #sources(texts: readonly PolicyText[]): KeptSource[] {
    const taken: KeptSource[] = [];
    try {
      for (const text of texts) taken.push(new KeptSource(text, this.#retain(text)));
    } catch (error) {
      for (const { document } of taken) this.#release(document);
      throw error;
    }
    return taken;
  }

  /** What an index takes is known when a set is used; a set that was evicted is no longer the cache's. */
  #charge(entry: Entry, bytes: number): void {
    if (entry.bytes < 0) return;
    entry.bytes += bytes;
    this.#bytes += bytes;
  }

  delete(principalId: string): void {
    const entry = this.#entries.get(principalId);
    if (entry === undefined) return;
    this.#entries.delete(principalId);
    this.#bytes -= entry.bytes;
    entry.bytes = GONE;
    for (const document of entry.documents) this.#release(document);
  }

  clear(): void {
    for (const principalId of this.#entries.keys()) this.delete(principalId);
  }

  get size(): PolicyCache['size'] {
    const [principals, documents] = [this.#entries.size, this.#documents.size];
    return { principals, documents, statements: this.#statements, bytes: Math.round(this.#bytes) };
  }

  #retain({ id, text }: PolicyText): KeptDocument {
    const document = this.#documents.get(text) ?? this.#read(id, text);
    document.users += 1;
    return document;
  }

  #read(id: string, text: string): KeptDocument {
    const document = new KeptDocument(text, parsed(id, text));
    this.#documents.set(text, document);
    this.#bytes += document.bytes;
    this.#statements += document.statements;
    return document;
  }

  #release(document: KeptDocument): void {
    document.users -= 1;
    if (document.users > 0) return;
    this.#documents.delete(document.text);
    this.#bytes -= document.bytes;
    this.#statements -= document.statements;
  }

  #isFull(): boolean {
    return this.#bytes > this.#maxBytes || this.#statements > this.#maxStatements;
  }

  /** The oldest go first, but what was asked for since it was last looked at goes to the end of the queue once. */
  #evict(): void {
    for (const [principalId, entry] of this.#entries) {
      if (!this.#isFull()) return;
      if (entry.used) {
        entry.used = false;
        this.#entries.delete(principalId);
        this.#entries.set(principalId, entry);
      } else this.delete(principalId);
    }
  }
}

/**
 * A cache of compiled identity policies: per principal, by the version of its sources, bounded in memory. Principals that
 * have the same document (a managed policy, say) share its compiled form, found by its text. A set that was handed out
 * stays valid after it was evicted.
 */
export function createPolicyCache(options: PolicyCacheOptions = {}): PolicyCache {
  return new BoundedCache(options);
}
