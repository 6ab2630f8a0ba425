/** What can be wrong with the bytes of a request, before any rule of a service is looked at. */
export type FaultKind = 'malformedInput' | 'malformedQueryString';

/** Thrown by readers, caught by `parseInput`; never leaves the wire. */
export class InputFault extends Error {
  readonly kind: FaultKind;
  constructor(kind: FaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
