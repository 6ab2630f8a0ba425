/** Reads a fixture file's values; every complaint names the place: `accounts[0].users[1].name must be …`. */

export class ImportError extends Error {
  override readonly name = 'ImportError';
}

/** A value and where it stands. */
export class At {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  refuse(what: string): never {
    throw new ImportError(`${this.path === '' ? 'the file' : this.path} ${what}`);
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** A map; members outside `names` are refused, so that a misspelt one is not ignored. */
  map(names?: readonly string[]): Readonly<Record<string, unknown>> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value))
      this.refuse('must be a map');
    const map = this.value as Record<string, unknown>;
    const strange = names === undefined ? undefined : Object.keys(map).find((name) => !names.includes(name));
    if (strange !== undefined) this.refuse(`has an unknown member: ${strange}. There are ${names!.join(', ')}`);
    return map;
  }

  member(name: string): At {
    const map = this.map();
    return new At(Object.hasOwn(map, name) ? map[name] : undefined, this.path === '' ? name : `${this.path}.${name}`);
  }

  /** The elements of a list member; none when it is absent. */
  list(name: string): At[] {
    const member = this.member(name);
    if (!member.present) return [];
    if (!Array.isArray(member.value)) return member.refuse('must be a list');
    return member.value.map((value, index) => new At(value, `${member.path}[${index}]`));
  }

  /** The entries of a map member; none when it is absent. */
  entries(name: string): [string, At][] {
    const member = this.member(name);
    if (!member.present) return [];
    return Object.keys(member.map()).map((key) => [key, member.member(key)]);
  }

  /** Text that matches `pattern`; numbers are refused, since `0123456789012` would lose its leading zero. */
  text(pattern: RegExp, what: string): string {
    if (typeof this.value === 'number') return this.refuse(`must be text: put it in quotes (${what})`);
    if (typeof this.value !== 'string' || !pattern.test(this.value)) return this.refuse(`must be ${what}`);
    return this.value;
  }

  optionalText(pattern: RegExp, what: string): string | undefined {
    return this.present ? this.text(pattern, what) : undefined;
  }

  /** Whether it is true; absent is false. */
  truth(): boolean {
    if (this.present && typeof this.value !== 'boolean') return this.refuse('must be true or false');
    return this.value === true;
  }

  /** A map of tags: text to text. */
  texts(): Record<string, string> {
    if (!this.present) return {};
    const wrong = Object.keys(this.map()).find((key) => !/^[^]{1,128}$/u.test(key) || /^aws:/i.test(key));
    if (wrong !== undefined) this.refuse('must have keys of 1 to 128 characters that do not begin with aws:');
    if (Object.keys(this.map()).length > 50) this.refuse('must have at most 50 members');
    return Object.fromEntries(
      Object.keys(this.map()).map((key) => [
        key,
        this.member(key).text(/^[^]{0,256}$/u, 'text of at most 256 characters'),
      ]),
    );
  }
}

/** What AWS would refuse (a RangeError of `run`) is refused with the place in the file. */
export async function located<T>(at: At, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof RangeError) return at.refuse(error.message);
    throw error;
  }
}
