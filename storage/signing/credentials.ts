import { fromEnv, fromIni, fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Credentials } from '../../config/config';
import { defined } from '../../contracts/defined';
import { StoreError } from '../store-error';
import type { SigningIdentity } from './sigv4';

/** Where a request's signing identity comes from. */
export interface CredentialSource {
  /**
   * At once where possible: a promise for every request would cost. Rejects with `StoreError('CredentialsUnavailable')`
   * that names the kind of source, never a secret.
   */
  current(): SigningIdentity | Promise<SigningIdentity>;
  /** After the store called the identity expired. False when there is no newer one to be had. */
  renew(): Promise<boolean>;
}

interface ExpiringIdentity extends SigningIdentity {
  readonly expiration?: Date;
}

export type IdentityProvider = (options?: { forceRefresh?: boolean }) => Promise<ExpiringIdentity>;

/** Renewed this long before the end, so that no request is signed with an identity that ends on its way. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** A provider that keeps giving nearly expired identities (an instance's last minutes) is not asked for every request. */
const RENEW_INTERVAL_MS = 30_000;
/** All requests in flight are told of the end of one identity: those that come late have a new one already. */
const JUST_RENEWED_MS = 5_000;
/** An STS that does not answer must not hold up all requests of a role for ever. */
const STS_REQUEST_HANDLER = {
  connectionTimeout: 10_000,
  requestTimeout: 30_000,
  throwOnRequestTimeout: true,
  // Asked once an hour: a connection kept for that only runs into the other side's time-out.
  httpAgent: { keepAlive: false },
  httpsAgent: { keepAlive: false },
};
const SESSION_NAME = 'drover';
const EXPIRED_NAMES: readonly string[] = ['ExpiredToken', 'ExpiredTokenException'];

type AssumeRoleCredentials = Extract<Credentials, { kind: 'assumeRole' }>;

/** One source for equal credentials, so that many stores and roles renew them once. */
export class CredentialSources {
  private readonly sources = new Map<string, CredentialSource>();

  of(credentials: Credentials): CredentialSource {
    const id = identityOf(credentials);
    let source = this.sources.get(id);
    if (!source) this.sources.set(id, (source = this.open(credentials)));
    return source;
  }

  /** Files are read anew when asked again (`ignoreCache`): they are changed when keys are. */
  private open(credentials: Credentials): CredentialSource {
    switch (credentials.kind) {
      case 'static':
        return new StaticCredentialSource(credentials);
      case 'default':
        return new ProvidedCredentialSource(
          "from the AWS SDK's default chain",
          fromNodeProviderChain({ ignoreCache: true }),
        );
      case 'environment':
        return new ProvidedCredentialSource('in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)', fromEnv());
      case 'profile': {
        const { profile } = credentials;
        const provider = fromIni({ profile, ignoreCache: true });
        return new ProvidedCredentialSource(`from the profile ${profile}`, () => provider());
      }
      case 'assumeRole': {
        const { roleArn, source } = credentials;
        const provider = assumeRole(credentials, this.of(source));
        return new ProvidedCredentialSource(`by AssumeRole of ${roleArn} as ${nameOf(source)}`, provider);
      }
    }
  }
}

/** A source of one's own, for those who need only one. */
export function credentialSource(credentials: Credentials): CredentialSource {
  return new CredentialSources().of(credentials);
}

/** The same for equal credentials, whatever the order of their members. For comparison only: it contains the secrets. */
export function identityOf(credentials: Credentials): string {
  return JSON.stringify(credentials, (_name, value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function nameOf(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'static':
      return `access key ${credentials.accessKeyId}`;
    case 'default':
      return 'the default chain';
    case 'environment':
      return 'the environment';
    case 'profile':
      return `profile ${credentials.profile}`;
    case 'assumeRole':
      return `role ${credentials.roleArn}`;
  }
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

/** Keeps what a provider of the AWS SDK gave until shortly before its end. */
export class ProvidedCredentialSource implements CredentialSource {
  private identity: ExpiringIdentity | undefined;
  private renewAt = 0;
  private loadedAt = Number.NEGATIVE_INFINITY;
  private pending: Promise<ExpiringIdentity> | undefined;

  constructor(
    /** Completes "No credentials …". */
    private readonly origin: string,
    private readonly provider: IdentityProvider,
    private readonly now: () => number = Date.now,
  ) {}

  current(): SigningIdentity | Promise<SigningIdentity> {
    return this.identity && this.now() < this.renewAt ? this.identity : this.fetch(false);
  }

  async renew(): Promise<boolean> {
    const before = this.identity;
    if (before && this.now() - this.loadedAt < JUST_RENEWED_MS) return true;
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
      this.loadedAt = now;
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
      throw new StoreError('CredentialsUnavailable', 0, `No credentials ${this.origin}: ${detailOf(error)}`, {
        cause: error,
      });
    }
  }
}

/** STS is asked as `source`, whose own identity is renewed when STS calls it expired. */
function assumeRole(given: AssumeRoleCredentials, source: CredentialSource): IdentityProvider {
  const ask = async (): Promise<ExpiringIdentity> => {
    // A client would keep an identity without an end for ever, hence one for each time.
    const provider = fromTemporaryCredentials({
      masterCredentials: { ...(await source.current()) },
      params: {
        RoleArn: given.roleArn,
        RoleSessionName: given.sessionName ?? SESSION_NAME,
        ...defined({ ExternalId: given.externalId, DurationSeconds: given.durationSeconds }),
      },
      clientConfig: {
        requestHandler: STS_REQUEST_HANDLER,
        ...defined({ endpoint: given.endpoint, region: given.region }),
      },
    });
    return provider();
  };
  return async () => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error) || !EXPIRED_NAMES.includes(error.name) || !(await source.renew())) throw error;
      return ask();
    }
  };
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A `credential_process` that fails is told with its command line, which may hold a secret.
  if (error.message.startsWith('Command failed')) return 'the credential_process failed';
  const { code } = error as { code?: unknown };
  return error.message || (typeof code === 'string' ? code : error.name);
}
