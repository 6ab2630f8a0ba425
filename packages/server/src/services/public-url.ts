/** The base of every URL that is handed out, without a slash at its end. */
import type { Environment } from './environment.ts';

export function baseUrl({ publicUrl }: Pick<Environment['settings'], 'publicUrl'>): string {
  return publicUrl.endsWith('/') ? publicUrl.slice(0, -1) : publicUrl;
}
