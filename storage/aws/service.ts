import type { AnswerHeaders } from '../http/answer-headers';
import type { ToldMarker } from '../store-error';

/** What the services of AWS differ in, for the client that they share. */
export interface AwsService {
  /** As in the scope of a signature. */
  readonly signingName: string;
  /** The SDK's client of the service. Nothing is ever sent with it: it lends its protocol only. */
  readonly sdkClient: (settings: SdkSettings) => { readonly config: object };
  /** Reads an answer other than 2xx. */
  readonly readError: (httpStatus: number, body: Uint8Array, headers: AnswerHeaders) => ErrorAnswer;
  /** What to do when the certificate of an endpoint is not trusted; for messages. */
  readonly authorityAdvice: string;
}

export interface SdkSettings {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What an error answer says. */
export interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
  readonly requestId: string | undefined;
  /** That of the resource, when the answer names one. */
  readonly region?: string | undefined;
  readonly deleteMarker?: ToldMarker | undefined;
}

/** Where requests go. */
export interface Target {
  /** `scheme://host:port` to connect to. */
  readonly origin: string;
  /** The Host header. */
  readonly host: string;
  /** Stands before the path of a serialized request; without a slash at its end. */
  readonly pathPrefix: string;
}

/** One endpoint of a service. */
export interface ServiceEndpoint {
  readonly region: string;
  /** For messages. */
  describe(): string;
  /** `resource`: a bucket, or a function. Throws StoreError or DroverError for a request that may not be sent. */
  route(resource: string, input: object): Target | Promise<Target>;
}
