/** The header in which Temporal's interceptors hand a trace on: a payload of JSON. */
export const TRACE_HEADER = '_tracer-data';

/** W3C Trace Context within JSON: version, trace id, parent id and flags, the last bit of which says that the trace is recorded. */
const SAMPLED = /"traceparent":"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f][13579bdf]"/;

/** What the header has: the members of W3C Trace Context. */
export type TraceContext = Readonly<Record<string, string>>;

/** True when the headers of a workflow or activity have a trace, and it is recorded. */
export function isSampledHeader(headers: Readonly<Record<string, { readonly data?: Uint8Array | null }>>): boolean {
  const data = headers[TRACE_HEADER]?.data;
  return data !== undefined && data !== null && SAMPLED.test(String.fromCharCode(...data.subarray(0, BYTES_MAX)));
}

/** The traceparent stands first; a trace state may follow. */
const BYTES_MAX = 512;
