import type {
  GetBucketReplicationOutput,
  GetObjectAclOutput,
  GetObjectLegalHoldOutput,
  GetObjectLockConfigurationOutput,
  GetObjectRetentionOutput,
} from '@aws-sdk/client-s3';
import type { AwsClient } from '../aws/client';
import type {
  CallOptions,
  GetObjectAclInput,
  GetObjectLegalHoldInput,
  GetObjectRetentionInput,
  ObjectAcl,
  ObjectRetention,
  ReplicationRule,
} from '../object-store';
import { StoreError } from '../store-error';
import { S3_OPERATIONS } from './s3-operations';

/** How a store says that an object, or its bucket, has no lock of the kind that was asked for. */
const NO_LOCK = ['NoSuchObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError', 'NoSuchObjectLegalHold'];
/** The same of a bucket, or that the store knows no such thing. */
const NO_BUCKET_LOCK = [...NO_LOCK, 'NotImplemented', 'MethodNotAllowed'];
const NO_REPLICATION = ['ReplicationConfigurationNotFoundError', 'NotImplemented', 'MethodNotAllowed'];

/** Reads what guards an object, and what its bucket has been set to: `ObjectStore`'s methods of the same names. */
export class S3Locks {
  constructor(private readonly client: AwsClient) {}

  async getObjectAcl(input: GetObjectAclInput, options?: CallOptions): Promise<ObjectAcl> {
    const { Owner, Grants } = (await this.output('getObjectAcl', input, options)) as GetObjectAclOutput;
    // An empty list is told as such (API_GetObjectAcl).
    if (!Grants) throw new StoreError('InvalidAnswer', 200, 'GetObjectAcl: the answer has no list of grants');
    return { Owner, Grants };
  }

  async getObjectLegalHold(input: GetObjectLegalHoldInput, options?: CallOptions): Promise<string | undefined> {
    const answer = await orNone(NO_LOCK, this.output('getObjectLegalHold', input, options));
    return (answer as GetObjectLegalHoldOutput | undefined)?.LegalHold?.Status;
  }

  async getObjectRetention(input: GetObjectRetentionInput, options?: CallOptions): Promise<ObjectRetention> {
    const answer = await orNone(NO_LOCK, this.output('getObjectRetention', input, options));
    return (answer as GetObjectRetentionOutput | undefined)?.Retention ?? {};
  }

  async hasObjectLock(bucket: string, options?: CallOptions): Promise<boolean> {
    const asked = this.output('getObjectLockConfiguration', { Bucket: bucket }, options);
    const answer = (await orNone(NO_BUCKET_LOCK, asked)) as GetObjectLockConfigurationOutput | undefined;
    return answer?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
  }

  async replicationRules(bucket: string, options?: CallOptions): Promise<readonly ReplicationRule[]> {
    const answer = await orNone(NO_REPLICATION, this.output('getBucketReplication', { Bucket: bucket }, options));
    return (answer as GetBucketReplicationOutput | undefined)?.ReplicationConfiguration?.Rules ?? [];
  }

  private output(
    name: keyof typeof S3_OPERATIONS,
    input: { readonly Bucket?: string | undefined },
    options: CallOptions | undefined,
  ): Promise<object> {
    return this.client.output(S3_OPERATIONS[name], input.Bucket ?? '', input, options?.signal);
  }
}

async function orNone(codes: readonly string[], answer: Promise<object>): Promise<object | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StoreError && codes.includes(error.code)) return undefined;
    throw error;
  }
}
