import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openKeyRing, parseKeyRing, rotateKeyFile, KeyFileError } from './key-file.ts';
import { KeyRing, createKey, parseKeys, type RandomBytes } from './key-ring.ts';

/** Different bytes at every call, the same in every run. */
function counting(): RandomBytes {
  let calls = 0;
  return { bytes: (size) => Buffer.alloc(size, (calls += 1)) };
}

const keyOf = (byte: number): Buffer => Buffer.alloc(32, byte);
const ring = (...keys: number[]): KeyRing => new KeyRing(keys.map(keyOf), counting());
const text = (ring: KeyRing, sealed: string, context: string) => ring.open(sealed, context)?.toString();

describe('the key ring', () => {
  test('opens what it sealed, whatever the bytes and the context', () => {
    const keys = ring(1);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (plain, context) => {
        const sealed = keys.seal(plain, context);
        expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(keys.open(sealed, context)).toEqual(Buffer.from(plain));
      }),
    );
  });

  test('opens nothing under another context', () => {
    const keys = ring(1);
    const sealed = keys.seal(Buffer.from('secret'), 'a/b');
    for (const context of ['', 'a', 'a/b/', 'a/B', 'b']) expect(keys.open(sealed, context)).toBeUndefined();
  });

  test('opens no text of which any character was altered, added or removed', () => {
    const keys = ring(1);
    const sealed = keys.seal(Buffer.from('secret!'), 'context');
    for (let at = 0; at < sealed.length; at += 1) {
      for (const other of ['A', 'B', '_', '-', '=', '.', ' ', '']) {
        const altered = sealed.slice(0, at) + other + sealed.slice(at + 1);
        if (altered !== sealed) expect(keys.open(altered, 'context'), `${at}${other}`).toBeUndefined();
      }
    }
    for (const altered of ['', 'A', `${sealed}A`, `${sealed}=`, `${sealed}\n`, ` ${sealed}`, sealed + sealed]) {
      expect(keys.open(altered, 'context')).toBeUndefined();
    }
  });

  test('never seals the same twice, and shows nothing of the plain text', () => {
    const keys = ring(1);
    const [one, two] = [keys.seal(Buffer.from('secret'), 'c'), keys.seal(Buffer.from('secret'), 'c')];
    expect(one).not.toBe(two);
    expect(Buffer.from(one, 'base64url').includes('secret')).toBe(false);
  });

  test('seals with its first key and opens with every key', () => {
    const old = ring(1).seal(Buffer.from('old'), 'c');
    const both = ring(2, 1);
    const fresh = both.seal(Buffer.from('new'), 'c');
    expect([text(both, old, 'c'), text(both, fresh, 'c')]).toEqual(['old', 'new']);
    expect([text(ring(1), fresh, 'c'), text(ring(2), fresh, 'c')]).toEqual([undefined, 'new']);
    expect(text(ring(3), old, 'c')).toBeUndefined();
  });

  test('refuses to be without keys, or with keys of another length', () => {
    expect(() => new KeyRing([])).toThrow('at least one key');
    expect(() => new KeyRing([Buffer.alloc(31)])).toThrow('32 bytes');
  });
});

describe('keys as text', () => {
  test('are read from base64url and base64, separated by lines, spaces or commas, with comments', () => {
    const [one, two, three] = [keyOf(0xfb), keyOf(2), keyOf(3)];
    const written = `# first, one\n${one.toString('base64')} ${two.toString('base64url')},\n\n${three.toString('base64')} # last`;
    expect(parseKeys(written)).toEqual([one, two, three]);
    expect(parseKeys(createKey(counting()))).toEqual([keyOf(1)]);
  });

  test('are refused by their place, without repeating them', () => {
    const good = createKey(counting());
    for (const bad of ['hunter2', good.slice(1), `${good}A`, `${good.slice(0, -1)}!`, 'f'.repeat(64)]) {
      expect(() => parseKeys(`${good}\n${bad}`)).toThrow('sealing key 2 is not 32 bytes in base64');
    }
    expect(() => parseKeys(' # nothing\n')).toThrow('expected 1 to 32 sealing keys, found 0');
    expect(() => parseKeys(`${good}\n`.repeat(33))).toThrow('found 33');
    expect(() => parseKeyRing('hunter2')).toThrow(KeyFileError);
  });
});

describe('the key file', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'stagedoor-keys-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const modeOf = (file: string) => statSync(file).mode & 0o777;

  test('is created with a fresh key, readable by its owner only, and read from then on', () => {
    const file = path.join(home, 'nested', 'sealing.keys');
    const sealed = openKeyRing(file).seal(Buffer.from('secret'), 'c');
    expect(modeOf(file)).toBe(0o600);
    expect(modeOf(path.dirname(file))).toBe(0o700);
    expect(readdirSync(path.dirname(file))).toEqual(['sealing.keys']);
    expect(text(openKeyRing(file), sealed, 'c')).toBe('secret');
  });

  test('is refused when others than its owner may use it, with the command that mends it', () => {
    const file = path.join(home, 'open.keys');
    openKeyRing(file);
    for (const mode of [0o640, 0o604, 0o620, 0o601]) {
      chmodSync(file, mode);
      expect(() => openKeyRing(file)).toThrow(KeyFileError);
      expect(() => openKeyRing(file)).toThrow(`Run: chmod 600 ${file}`);
    }
    chmodSync(file, 0o400);
    openKeyRing(file);
  });

  test('that is empty or damaged is refused and left as it is', () => {
    const file = path.join(home, 'damaged.keys');
    for (const content of ['', 'hunter2']) {
      writeFileSync(file, content, { mode: 0o600 });
      expect(() => openKeyRing(file)).toThrow(KeyFileError);
      expect(() => openKeyRing(file)).not.toThrow('hunter2');
      expect(readFileSync(file, 'utf8')).toBe(content);
    }
  });

  test('keeps its old keys behind the fresh one when rotated', () => {
    const file = path.join(home, 'rotated.keys');
    const before = openKeyRing(file);
    const sealed = before.seal(Buffer.from('secret'), 'c');
    rotateKeyFile(file);
    rotateKeyFile(file);
    const after = openKeyRing(file);
    expect(text(after, sealed, 'c')).toBe('secret');
    expect(text(before, after.seal(Buffer.from('new'), 'c'), 'c')).toBeUndefined();
    expect(modeOf(file)).toBe(0o600);
  });

  test('is one and the same for processes that create it at once', () => {
    const file = path.join(home, 'raced.keys');
    const script = `import { openKeyRing } from ${JSON.stringify(new URL('key-file.ts', import.meta.url).href)};
      process.stdout.write(openKeyRing(${JSON.stringify(file)}).seal(Buffer.from('x'), 'c'));`;
    const run = `for i in 1 2 3 4; do "$0" --import tsx --input-type=module -e "$1" & done; wait`;
    const sealed = execFileSync('sh', ['-c', run, process.execPath, script], { encoding: 'utf8' });
    expect(sealed).not.toBe('');
    const keys = openKeyRing(file);
    expect(parseKeys(readFileSync(file, 'utf8'))).toHaveLength(1);
    // Each text has 1 + 4 + 16 + 12 + 1 + 16 = 50 bytes: 67 characters.
    expect(sealed).toHaveLength(4 * 67);
    for (let at = 0; at < sealed.length; at += 67) expect(text(keys, sealed.slice(at, at + 67), 'c')).toBe('x');
  });
});
