import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { ScalarTag } from 'yaml';
import { firstLineOf, reasonOf } from '../system-error.ts';
import { At, ImportError } from './at.ts';

const maxBytes = 64 * 1024 * 1024;

function readText(file: string): string {
  try {
    if (statSync(file).size > maxBytes) throw new ImportError(`${file} is larger than ${maxBytes} bytes`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError(`${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** `!file other.json` stands for the text of another file, relative to this one: policy documents stay unaltered. */
const fileTag = (base: string): ScalarTag => ({
  tag: '!file',
  resolve: (name: string) => readText(resolve(base, name)),
});

/** A fixture file (YAML, of which JSON is a part) as located values. Throws `ImportError` naming file or line. */
export function readFixtures(file: string): At {
  try {
    return new At(parse(readText(file), { maxAliasCount: 0, customTags: [fileTag(dirname(file))] }), '');
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError(`${file}: ${firstLineOf(error)}`);
  }
}
