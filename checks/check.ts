import { DroverError } from '../contracts/engine/failures';
import { StoreError } from '../storage/store-error';

/** One thing that was tried. */
export interface CheckResult {
  /** `store archive`, `bucket photos`, `workspace`, … */
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or why it failed. No secrets. */
  readonly detail: string;
  /** What to do, where there is something to do. */
  readonly advice?: string;
}

/** What a check says that went well. */
export interface Finding {
  readonly detail: string;
  readonly advice?: string;
}

export class CheckFailure extends Error {
  constructor(
    message: string,
    readonly advice?: string,
  ) {
    super(message);
    this.name = 'CheckFailure';
  }
}

/** A store that is down is tried again for some seconds; longer than this nobody wants to wait. */
const CHECK_TIMEOUT_MS = 20_000;

/** Runs one check. Never rejects: whatever goes wrong is its result. */
export async function check(name: string, run: (signal: AbortSignal) => Promise<Finding>): Promise<CheckResult> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  try {
    return { name, ok: true, ...(await run(signal)) };
  } catch (error) {
    if (signal.aborted) return { name, ok: false, detail: `no answer within ${CHECK_TIMEOUT_MS / 1_000} s` };
    return { name, ok: false, ...failureOf(error) };
  }
}

function failureOf(error: unknown): Finding {
  if (error instanceof CheckFailure) return finding(error.message, error.advice);
  if (error instanceof StoreError) return finding(`${error.code}: ${error.message}`, storeAdvice(error));
  if (error instanceof DroverError) return finding(error.message, error.advice);
  return finding(error instanceof Error ? error.message : String(error));
}

function finding(detail: string, advice?: string): Finding {
  return advice === undefined || advice === '' ? { detail } : { detail, advice };
}

const ADVICE: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'The store does not know the access key: correct the credentials.',
  SignatureDoesNotMatch: 'The secret key is wrong, or a proxy on the way changes the Host header.',
  AuthorizationHeaderMalformed: 'Correct the region of the store.',
  PermanentRedirect: 'Correct the endpoint or the region of the store.',
  ExpiredToken: 'The session token has expired: replace the credentials.',
  InvalidToken: 'Correct the session token.',
  RequestTimeTooSkewed: "Set this machine's clock.",
  CredentialsUnavailable: 'Correct the credentials of the store, the role or the workspace.',
  AccessDenied: 'Allow it at the store, or use other credentials.',
  NoSuchBucket: 'Create the bucket, or correct its name.',
  NotFound: 'What answers at the endpoint may be no S3 service: correct the endpoint of the store.',
};

function storeAdvice({ code, storeDown }: StoreError): string | undefined {
  return ADVICE[code] ?? (storeDown ? 'Start the store, or correct its endpoint; for TLS see caFile.' : undefined);
}
