import { createHash, timingSafeEqual } from 'node:crypto';
import { isDocumentedSecret } from '../../config/access/exposure';
import type { AccountConfig } from '../../config/config';
import { DroverError } from '../../contracts/engine/failures';

interface KnownKey {
  readonly account: string;
  readonly secret: string;
  readonly viewOnly: boolean;
}

/** The access keys of all accounts. */
export class AccountKeys {
  private readonly byKey = new Map<string, KnownKey>();

  constructor(accounts: readonly AccountConfig[]) {
    for (const { id, keys } of accounts) {
      for (const { accessKeyId, secretAccessKey, viewOnly = false } of keys) {
        this.byKey.set(accessKeyId, { account: id, secret: secretAccessKey, viewOnly });
      }
    }
  }

  /** The account whose key the documentation has, when there is no other key: a login would protect nothing there. */
  get open(): string | undefined {
    const [only, another] = this.byKey.values();
    if (only === undefined || another !== undefined || only.viewOnly) return undefined;
    return isDocumentedSecret(only.secret) ? only.account : undefined;
  }

  /** Whether everybody knows the secret of this key. */
  isDocumented(accessKeyId: string): boolean {
    const secret = this.secretOf(accessKeyId);
    return secret !== undefined && isDocumentedSecret(secret);
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.byKey.get(accessKeyId)?.secret;
  }

  accountOf(accessKeyId: string): string | undefined {
    return this.byKey.get(accessKeyId)?.account;
  }

  isViewOnly(accessKeyId: string | undefined): boolean {
    return accessKeyId !== undefined && this.byKey.get(accessKeyId)?.viewOnly === true;
  }

  /** Throws AccessDenied for a key that only shows. What it is to do, the message names: `POST /api/jobs`, `CreateJob`. */
  refuseChange(accessKeyId: string | undefined, what: string): void {
    if (accessKeyId === undefined || !this.isViewOnly(accessKeyId)) return;
    throw new DroverError(
      'AccessDenied',
      `The access key ${accessKeyId} may only view (viewOnly): ${what} is a change`,
    );
  }

  /** The account whose key pair this is. */
  accountOfPair(accessKeyId: string, secret: string): string | undefined {
    const known = this.byKey.get(accessKeyId);
    return known !== undefined && sameSecret(known.secret, secret) ? known.account : undefined;
  }

  /** The key that has this secret, and its account. Every secret is compared, so that the time taken says nothing. */
  ofSecret(secret: string): { readonly account: string; readonly accessKeyId: string } | undefined {
    let found: { readonly account: string; readonly accessKeyId: string } | undefined;
    for (const [accessKeyId, { account, secret: known }] of this.byKey) {
      if (sameSecret(known, secret)) found ??= { account, accessKeyId };
    }
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
