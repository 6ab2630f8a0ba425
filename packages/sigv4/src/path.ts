/** Canonical URIs. */
import { encodePath, normalizeEscapes } from './encode.ts';

/** Removes `.`, `..` and empty segments; `undefined` when `..` climbs above the root. A closing slash stays. */
function removeDotSegments(path: string): string | undefined {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.pop() === undefined) return undefined;
  }
  const closing = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.join('/')}${closing}`;
}

function singleEncoded(path: string): readonly string[] {
  const normal = normalizeEscapes(path, 'path');
  return normal === path ? [path] : [normal, path];
}

function needsNormalizing(path: string): boolean {
  return path.includes('//') || path.includes('/.');
}

/**
 * The canonical URIs that a signer may have used for a path as sent, the specified one first. Every service but S3
 * normalises dot segments and encodes each segment again; some SDKs leave the dots. S3 takes the path as it is, and some SDKs do not even settle its spelling.
 * `undefined` when the path climbs above the root.
 */
export function canonicalPaths(path: string, doubleEncode: boolean): readonly string[] | undefined {
  if (!doubleEncode) return singleEncoded(path);
  if (!needsNormalizing(path)) return [encodePath(path)];
  const normal = removeDotSegments(path);
  return normal === undefined ? undefined : [encodePath(normal), encodePath(path)];
}
