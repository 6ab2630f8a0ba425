/** What the wire hands to the door. */
export type Body = string | Uint8Array | AsyncIterable<Uint8Array>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** A refusal before it is rendered. */
export interface WireError {
  /** As the client reads it. */
  readonly code: string;
  readonly message: string;
  /** Further modelled members. */
  readonly members?: Readonly<Record<string, unknown>> | undefined;
  /** Only where neither the model nor the table of common errors knows the code. */
  readonly status?: number | undefined;
}
