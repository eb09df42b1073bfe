import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { Credentials } from '../config/config';
import { StoreError } from './store-error';
import type { SigningIdentity } from './sigv4';

/** Where a request's signing identity comes from. */
export interface CredentialSource {
  /** At once where possible: a promise for every request would cost. */
  current(): SigningIdentity | Promise<SigningIdentity>;
  /** After the store called the identity expired. False when there is no newer one to be had. */
  renew(): Promise<boolean>;
}

interface ExpiringIdentity extends SigningIdentity {
  readonly expiration?: Date;
}

type Provider = (options?: { forceRefresh?: boolean }) => Promise<ExpiringIdentity>;

/** Renewed this long before the end, so that no request is signed with an identity that ends on its way. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** A provider that keeps giving nearly expired identities (an instance's last minutes) is not asked for every request. */
const RENEW_INTERVAL_MS = 30_000;

export function credentialSource(credentials: Credentials): CredentialSource {
  return credentials.kind === 'static' ? new StaticCredentialSource(credentials) : new ChainCredentialSource();
}

class StaticCredentialSource implements CredentialSource {
  private readonly identity: SigningIdentity;

  constructor({ accessKeyId, secretAccessKey, sessionToken }: SigningIdentity) {
    this.identity =
      sessionToken === undefined ? { accessKeyId, secretAccessKey } : { accessKeyId, secretAccessKey, sessionToken };
  }

  current(): SigningIdentity {
    return this.identity;
  }

  renew(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

/** The AWS SDK's chain: environment, profile, web identity, container, instance. */
export class ChainCredentialSource implements CredentialSource {
  private identity: ExpiringIdentity | undefined;
  private renewAt = 0;
  private pending: Promise<ExpiringIdentity> | undefined;

  constructor(
    private readonly provider: Provider = fromNodeProviderChain(),
    private readonly now: () => number = Date.now,
  ) {}

  current(): SigningIdentity | Promise<SigningIdentity> {
    return this.identity && this.now() < this.renewAt ? this.identity : this.fetch(false);
  }

  async renew(): Promise<boolean> {
    const before = this.identity;
    const after = await this.fetch(true);
    return after.accessKeyId !== before?.accessKeyId || after.sessionToken !== before.sessionToken;
  }

  private fetch(forceRefresh: boolean): Promise<ExpiringIdentity> {
    this.pending ??= this.load(forceRefresh).finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async load(forceRefresh: boolean): Promise<ExpiringIdentity> {
    const now = this.now();
    try {
      const identity = await this.provider({ forceRefresh });
      const end = identity.expiration?.getTime();
      this.identity = identity;
      this.renewAt =
        end === undefined ? Number.POSITIVE_INFINITY : Math.max(end - RENEW_BEFORE_MS, now + RENEW_INTERVAL_MS);
      return identity;
    } catch (error) {
      // What is still valid serves until its end.
      const { identity } = this;
      if (identity?.expiration && identity.expiration.getTime() > now && !forceRefresh) {
        this.renewAt = now + RENEW_INTERVAL_MS;
        return identity;
      }
      const detail = error instanceof Error ? error.message : String(error);
      throw new StoreError('CredentialsUnavailable', 0, `No credentials from the AWS SDK's default chain: ${detail}`, {
        cause: error,
      });
    }
  }
}
