/** A request without its host, the place of its resource, and its signature. */
export interface SerializedRequest {
  readonly method: string;
  /** Encoded; for S3 `/` and the key. */
  readonly path: string;
  /** Encoded and sorted by name, without `?`. */
  readonly query: string;
  /** A record of its own for each request: signing adds to it. Values are octets, one character for each. */
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | undefined;
  readonly payloadHash: string;
}

/** A serialized request with what differs from task to task left open. */
export interface RequestTemplate {
  /** Undefined for an input that the template does not fit: it has to be serialized. */
  fill(input: object): SerializedRequest | undefined;
}
