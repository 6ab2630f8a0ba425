import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';

/**
 * Creates the file (mode 0600) and its directory (0700) where they are missing; answers the file's path.
 * SQLite gives the files it keeps beside a database the mode of the database.
 */
export function ownFile(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  return file;
}
