/** What the operating system said of a failed call. */
export interface SystemError extends Error {
  /** `ENOENT`, `EACCES`, `EADDRINUSE` … */
  readonly code: string;
  readonly syscall: string;
}

/** Whether the error comes from the operating system: a file, an address, a name that cannot be had. */
export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';

/** The operating system's code for it, or else the error's text. */
export const reasonOf = (error: unknown): string =>
  isSystemError(error) ? error.code : error instanceof Error ? error.message : String(error);

/** The first line of an error's text: parsers quote the file, and with it its secrets, in the lines after it. */
export const firstLineOf = (error: unknown): string => reasonOf(error).split('\n', 1).join('');
