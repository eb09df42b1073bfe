/** A request without its bucket, host and signature. */
export interface SerializedRequest {
  readonly method: string;
  /** `/` and the encoded key. */
  readonly path: string;
  /** Encoded and sorted by name, without `?`. */
  readonly query: string;
  /** A record of its own for each request: signing adds to it. */
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | undefined;
  readonly payloadHash: string;
}
