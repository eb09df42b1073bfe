import { isIP } from 'node:net';
import { isDirectoryBucket } from '../../contracts/arn';
import { DroverError } from '../../contracts/engine/failures';
import { withoutTrailingSlashes } from '../../contracts/text/text';
import type { ServiceEndpoint, Target } from '../aws/service';
import { refuseClimbing } from '../climbing-keys';
import { sourceBucket } from '../copy-source';
import { StoreError } from '../store-error';

export interface StoreAddress {
  /** For messages. */
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  /** No request goes to a bucket that this holds for: Drover's workspace, for all but Drover itself. */
  readonly isReserved?: (bucket: string) => boolean;
}

/** A manifest may name any number of buckets. */
const TARGETS_KEPT_MAX = 4_096;

/** S3's rules for new buckets are narrower; stores and old buckets allow upper case, underscores and more length. */
const BUCKET_NAME = /^(?!\.+$)[A-Za-z0-9._-]{1,255}$/;
/** Names that can be part of a host name ("Virtual hosting of buckets", S3 user guide). */
const DNS_BUCKET_NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const DNS_BUCKET_NAME_WITH_DOTS = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** They have sessions of their own instead of signatures, other addresses, and neither versions, tags nor ACLs. */
export function refuseDirectoryBucket(bucket: string): void {
  if (!isDirectoryBucket(bucket)) return;
  throw new StoreError('NotImplemented', 501, `Directory buckets (S3 Express One Zone) are not supported: ${bucket}`);
}

/** One S3 endpoint, and how its buckets are addressed. */
export class StoreEndpoint implements ServiceEndpoint {
  readonly region: string;
  readonly origin: string;
  private readonly name: string;
  private readonly url: URL;
  private readonly basePath: string;
  private readonly pathStyle: boolean;
  private readonly isReserved: (bucket: string) => boolean;
  private readonly targets = new Map<string, Target>();

  constructor(address: StoreAddress) {
    this.url = new URL(address.endpoint);
    this.origin = this.url.origin;
    this.region = address.region;
    this.name = address.name;
    this.isReserved = address.isReserved ?? (() => false);
    this.basePath = withoutTrailingSlashes(this.url.pathname);
    this.pathStyle = address.pathStyle || isIP(this.url.hostname.replace(/^\[|\]$/g, '')) !== 0;
  }

  /** True for AWS itself, which knows what is new there; other stores follow when they can. */
  get isAws(): boolean {
    return /(?:^|\.)amazonaws\.com(?:\.cn)?$/.test(this.url.hostname);
  }

  /** For messages. */
  describe(): string {
    return `${this.name} (${this.origin}${this.basePath}, ${this.region})`;
  }

  /** Throws for a request that names what may not be asked, in its source or by climbing out of the bucket. */
  route(bucket: string, input: object): Target {
    refuseClimbing(input);
    const target = this.target(bucket);
    // The store reads it for us: it must be a bucket that may be asked directly.
    if ('CopySource' in input) this.target(sourceBucket(String(input.CopySource)));
    return target;
  }

  /**
   * Throws StoreError for a name that no bucket can have (in a path it would address something else), and for a directory
   * bucket's; DroverError('BucketNotAllowed') for a reserved one.
   */
  target(bucket: string): Target {
    let target = this.targets.get(bucket);
    if (target) return target;
    target = this.resolve(bucket);
    if (this.targets.size >= TARGETS_KEPT_MAX) this.targets.clear();
    this.targets.set(bucket, target);
    return target;
  }

  private resolve(bucket: string): Target {
    if (!BUCKET_NAME.test(bucket)) {
      throw new StoreError(
        'InvalidBucketName',
        400,
        `The specified bucket is not valid: ${JSON.stringify(bucket.slice(0, 255))}`,
      );
    }
    refuseDirectoryBucket(bucket);
    if (this.isReserved(bucket)) {
      throw new DroverError('BucketNotAllowed', `The bucket ${bucket} is Drover's workspace, which no job may use`);
    }
    const { protocol, host } = this.url;
    if (this.pathStyle || !this.fitsHostName(bucket)) {
      return { origin: this.origin, host, pathPrefix: `${this.basePath}/${bucket}` };
    }
    return { origin: `${protocol}//${bucket}.${host}`, host: `${bucket}.${host}`, pathPrefix: this.basePath };
  }

  /** Over TLS a dot would not match the wildcard of the store's certificate. */
  private fitsHostName(bucket: string): boolean {
    if (DNS_BUCKET_NAME.test(bucket)) return true;
    return (
      this.url.protocol === 'http:' &&
      bucket.length <= 63 &&
      DNS_BUCKET_NAME_WITH_DOTS.test(bucket) &&
      isIP(bucket) === 0
    );
  }
}
