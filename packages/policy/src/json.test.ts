import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonValue, maxDepth, maxDocumentLength, pointer, readJson } from './json.ts';

/** The plain value of a tree, as JSON.parse would give it. */
function plain(value: JsonValue): unknown {
  if (value.kind === 'object') return Object.fromEntries(value.members.map((one) => [one.key, plain(one.value)]));
  if (value.kind === 'array') return value.items.map(plain);
  return value.kind === 'string' ? value.value : JSON.parse(value.text);
}

function problemOf(text: string) {
  const read = readJson(text);
  return read.ok ? undefined : read.problem;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('what is JSON', () => {
  test.each([
    '{}',
    ' [ ] ',
    '"a\\u00e9\\n\\"\\\\\\/\\b\\f\\r\\t"',
    '-0',
    '1.5e+10',
    '0.0001E-3',
    'true',
    'null',
    '{"a":[1,{"b":null}],"c":"d"}',
    '\t\r\n{"":0}\n',
    '"\\ud83d\\ude00 \ud83d"',
  ])('%j is read as JSON.parse reads it', (text) => {
    const read = readJson(text);
    expect(read.ok && plain(read.value)).toEqual(JSON.parse(text));
  });

  const refused: readonly (readonly [text: string, message: string, offset: number, at: string])[] = [
    ['', 'expected a JSON value, the document ends', 0, ''],
    ['  ', 'expected a JSON value, the document ends', 2, ''],
    ['{', 'expected a key in quotation marks, the document ends', 1, ''],
    ['{"a"}', 'expected `:`, found `}`', 4, ''],
    ['{"a":1,}', 'expected a key in quotation marks, found `}`', 7, ''],
    ['{"a":1 "b":2}', 'expected `,` or `}`, found `"`', 7, ''],
    ['{a:1}', 'expected a key in quotation marks, found `a`', 1, ''],
    ['[1,]', 'expected a JSON value, found `]`', 3, '/1'],
    ['[1 2]', 'expected `,` or `]`, found `2`', 3, ''],
    ['{} {}', 'expected the end of the document, found `{`', 3, ''],
    ['"a', 'expected a closing quotation mark, the document ends', 2, ''],
    ['"a\nb"', 'expected a closing quotation mark, found `\n`', 2, ''],
    ['"\\x"', 'expected an escape sequence', 1, ''],
    ['"\\u12g4"', 'expected an escape sequence', 1, ''],
    ['{"a":{"b~/":[0,tru]}}', 'expected a JSON value, found `t`', 15, '/a/b~0~1/1'],
    ['01', 'expected the end of the document, found `1`', 1, ''],
    ['+1', 'expected a JSON value, found `+`', 0, ''],
    ['.5', 'expected a JSON value, found `.`', 0, ''],
    ['1.', 'expected the end of the document, found `.`', 1, ''],
    ['NaN', 'expected a JSON value, found `N`', 0, ''],
    ["{'a':1}", "expected a key in quotation marks, found `'`", 1, ''],
    ['// x', 'expected a JSON value, found `/`', 0, ''],
    ['\ufeff{}', 'expected a JSON value, found `\ufeff`', 0, ''],
  ];
  test.each(refused)('%j is refused: %s', (text, message, offset, at) => {
    expect(isJson(text)).toBe(false);
    expect(problemOf(text)).toEqual({ code: 'syntax', message, offset, at });
  });
});

describe('bounds', () => {
  test('S0-44 a repeated key is refused by name and place', () => {
    expect(problemOf('{"a":{"Effect":1,"b":2,"Effect":3}}')).toEqual({
      code: 'duplicate-key',
      message: 'the key `Effect` stands twice in one object',
      offset: 23,
      at: '/a/Effect',
    });
  });

  test('S0-44 a repeated key is found in a large object, and when written with an escape', () => {
    const keys = Array.from({ length: 30 }, (_, index) => `"k${index}":0`);
    expect(problemOf(`{${[...keys, '"k3":1'].join()}}`)).toMatchObject({ code: 'duplicate-key', at: '/k3' });
    expect(problemOf('{"a":1,"\\u0061":2}')).toMatchObject({ code: 'duplicate-key', at: '/a' });
    expect(problemOf(`{${keys.join()}}`)).toBeUndefined();
  });

  test('keys of the prototype are keys like others', () => {
    expect(problemOf('{"__proto__":1,"constructor":2,"toString":3}')).toBeUndefined();
    expect(problemOf('{"__proto__":1,"__proto__":2}')?.code).toBe('duplicate-key');
  });

  test('nesting ends at the limit', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(problemOf(nested(maxDepth))).toBeUndefined();
    expect(problemOf(nested(maxDepth + 1))).toMatchObject({ code: 'too-deep', offset: maxDepth });
  });

  test('length ends at the limit', () => {
    const text = `"${'a'.repeat(maxDocumentLength - 2)}"`;
    expect(problemOf(text)).toBeUndefined();
    expect(problemOf(`${text} `)).toMatchObject({ code: 'too-large', offset: 0 });
  });

  test('a literal keeps its text', () => {
    const read = readJson('[9007199254740993,1.50,true]');
    const items = read.ok && read.value.kind === 'array' ? read.value.items : [];
    expect(items.map((item) => item.kind !== 'object' && 'text' in item && item.text)).toEqual([
      '9007199254740993',
      '1.50',
      'true',
    ]);
  });

  test('pointers are escaped', () => {
    expect(pointer(pointer('', 'a/b~c'), 0)).toBe('/a~1b~0c/0');
  });
});

describe('laws', () => {
  test('whatever JSON.stringify writes is read back, with spans that hold the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        const read = readJson(text);
        // `-0` is written as `0`; compare the texts.
        expect(read.ok && JSON.stringify(plain(read.value))).toBe(JSON.stringify(JSON.parse(text)));
        expect(read.ok && [read.value.start, read.value.end]).toEqual([0, text.length]);
      }),
      { numRuns: 500 },
    );
  });

  test('takes exactly what JSON.parse takes, repeated keys and deep nesting apart', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-',
      '.',
      'e',
      'true',
      ' ',
      '\\',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const problem = problemOf(text);
        if (problem?.code === 'duplicate-key') return;
        expect(problem === undefined).toBe(isJson(text));
        if (problem !== undefined) expect(problem.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 5000 },
    );
  });
});
