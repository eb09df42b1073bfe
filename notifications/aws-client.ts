import type { Credentials } from '../config/config';
import { defined } from '../contracts/defined';
import { LIMITS } from '../contracts/limits';
import { credentialSource } from '../storage/signing/credentials';
import type { SigningIdentity } from '../storage/signing/sigv4';

export interface AwsAddress {
  readonly region: string;
  /** Absent: AWS's own, for the region. */
  readonly endpoint?: string;
  readonly credentials: Credentials;
}

/** Options of an SDK client that makes one attempt in a bounded time: the retries are Temporal's. */
export function awsClientOptions({ region, endpoint, credentials }: AwsAddress) {
  const source = credentialSource(credentials);
  return {
    region,
    ...defined({ endpoint }),
    credentials: async (): Promise<SigningIdentity> => ({ ...(await source.current()) }),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: LIMITS.notification.requestTimeoutMs,
      requestTimeout: LIMITS.notification.requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
}
