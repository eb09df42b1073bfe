import { createHash, timingSafeEqual } from 'node:crypto';
import type { AccountConfig } from '../../config/config';
import { DroverError } from '../../contracts/failures';

/** The access keys of all accounts. */
export class AccountKeys {
  private readonly byKey = new Map<string, { readonly account: string; readonly secret: string }>();

  constructor(private readonly accounts: readonly AccountConfig[]) {
    for (const { id, keys } of accounts) {
      for (const key of keys) this.byKey.set(key.accessKeyId, { account: id, secret: key.secretAccessKey });
    }
  }

  get size(): number {
    return this.byKey.size;
  }

  /** True when the only key is this one. */
  isOnly(accessKeyId: string, secret: string): boolean {
    return this.size === 1 && this.byKey.get(accessKeyId)?.secret === secret;
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.byKey.get(accessKeyId)?.secret;
  }

  accountOf(accessKeyId: string): string | undefined {
    return this.byKey.get(accessKeyId)?.account;
  }

  first(): string | undefined {
    return this.accounts[0]?.id;
  }

  /** The account whose key pair this is. Throws InvalidAccessKeyId or AccessDenied. */
  accountOfPair(accessKeyId: string, secret: string): string {
    const known = this.byKey.get(accessKeyId);
    if (known === undefined) throw new DroverError('InvalidAccessKeyId', 'The access key is not known here');
    if (!sameSecret(known.secret, secret))
      throw new DroverError('AccessDenied', 'The secret of the access key is wrong');
    return known.account;
  }

  /** The account that has this secret. Every secret is compared, so that the time taken says nothing. */
  accountOfSecret(secret: string): string {
    let found: string | undefined;
    for (const { account, secret: known } of this.byKey.values()) {
      if (sameSecret(known, secret)) found ??= account;
    }
    if (found === undefined) throw new DroverError('AccessDenied', 'The bearer token is not the secret of any key');
    return found;
  }
}

function sameSecret(a: string, b: string): boolean {
  // Hashes are of one length, whatever was sent.
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
