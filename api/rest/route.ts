import type { z } from 'zod';
import type { FailureCode } from '../../contracts/engine/failures';
import type { RequestNotes } from '../audit';
import type { RestRequest, SignedIn } from '../auth/rest-auth';

/** What a route's handler is given: checked already against the route's schemas. */
export interface RouteInput<Path, Query, Body> {
  /** The account of the access key that signed in. */
  readonly account: string;
  /** The sender, as it signed in; undefined where the route is open. */
  readonly signedIn: SignedIn | undefined;
  /** The request as it came, for what concerns signing in. */
  readonly arrival: RestRequest;
  /** For what an open route learns of who asks. */
  readonly notes: RequestNotes;
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  /** The bytes of the body where the route says so; else there are none. */
  readonly upload: AsyncIterable<Uint8Array>;
}

export interface RouteAnswer {
  /** That of the route when absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; undefined members are left out. */
  readonly body?: unknown;
  /** Instead of JSON: bytes as they come, of the route's `stream.contentType`. */
  readonly stream?: AsyncIterable<Uint8Array>;
}

/**
 * One call of the REST API. The router and the OpenAPI document both come from it, so that neither can say what the other
 * does not do. Query parameters given more than once arrive as arrays where the schema has an array.
 */
export interface Route<Path = unknown, Query = unknown, Body = unknown> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Below `/api`, parameters in braces: `/jobs/{jobId}/limits`. */
  readonly path: string;
  /** Unique, lower camel case: names of methods in generated clients. */
  readonly operationId: string;
  readonly tag: 'jobs' | 'schedules' | 'session' | 'about';
  readonly summary: string;
  readonly description?: string;
  readonly schemas: {
    readonly path?: z.ZodType<Path>;
    readonly query?: z.ZodType<Query>;
    readonly body?: z.ZodType<Body>;
    /** The schema of the answer. */
    readonly answer?: z.ZodType;
  };
  /** The HTTP status of success. */
  readonly status: number;
  /** The body is bytes instead of JSON, more than a JSON body may have. */
  readonly upload?: { readonly contentType: string; readonly description: string; readonly bytesMax: number };
  /** What may be answered instead of JSON. */
  readonly stream?: { readonly contentType: string; readonly description: string };
  /** Needs no credentials: it says nothing that the source does not say, or asks for them itself. */
  readonly open?: boolean;
  /** Errors of the catalogue that are this call's own; those of every call (signing in, malformed JSON) are added. */
  readonly errors: readonly FailureCode[];
  handle(input: RouteInput<Path, Query, Body>): Promise<RouteAnswer>;
}

/** Keeps the parameter types inside the file that defines the route. */
export function defineRoute<Path, Query, Body>(route: Route<Path, Query, Body>): Route {
  const frozen: unknown = Object.freeze(route);
  return frozen as Route;
}
