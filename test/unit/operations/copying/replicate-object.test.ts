/**
 * Goal: an object goes where the rules of its bucket say, and nowhere else; what is not eligible is refused as AWS does it.
 * Method: rules on a bucket of the in-memory store, and a look into the buckets that they name.
 */
import { DroverError } from '../../../../contracts/engine/failures';
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import { parseOperation } from '../../../../operations';
import type { ReplicationRule } from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import type { ObjectSeed } from '../../../support/memory-store/bucket';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';

const OK = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
const NOT_ELIGIBLE = {
  status: 'failed',
  httpStatus: 500,
  errorCode: 'SrcObjectNotEligible',
  message: 'Object is not eligible for replication',
};

type Rule = Partial<ReplicationRule> & { readonly Prefix?: string };

function rule(bucket: string, more: Rule = {}, destination: object = {}): ReplicationRule {
  return {
    ID: bucket,
    Status: 'Enabled',
    Priority: 1,
    Filter: {},
    Destination: { Bucket: `arn:aws:s3:::${bucket}`, ...destination },
    ...more,
  };
}

function newStore(rules: ReplicationRule[], seed: ObjectSeed = {}): MemoryStore {
  const store = new MemoryStore();
  for (const bucket of ['source', 'one', 'two']) store.createBucket(bucket, { versioned: true });
  store.setReplication('source', rules);
  store.seed('source', 'logs/a', 'text', seed);
  return store;
}

function bind(store: MemoryStore, denied: readonly string[] = []) {
  const operation = parseOperation({ S3ReplicateObject: {} });
  const context = { jobId: 'job', ...memoryRoleStores(store, { denied }) };
  const perform = operation.bind(context);
  return {
    replicate: (more: Partial<Task> = {}): Promise<TaskOutcome> =>
      perform(
        { bucket: 'source', key: 'logs/a', manifestKey: 'logs/a', row: 0, ...more },
        new AbortController().signal,
      ),
    precheck: (bucket = 'source') => operation.precheck?.(bucket, context),
  };
}

function copies(store: MemoryStore): string[] {
  return ['one', 'two'].filter((bucket) => store.peek(bucket, 'logs/a') !== undefined);
}

describe('rules', () => {
  test.each<[what: string, rules: ReplicationRule[], seed: ObjectSeed, to: string[]]>([
    ['one for all', [rule('one')], {}, ['one']],
    ['of the first version, without a filter', [rule('one', { Filter: undefined, Prefix: 'logs/' })], {}, ['one']],
    ['of the first version, for others', [rule('one', { Filter: undefined, Prefix: 'data/' })], {}, []],
    [
      'a prefix',
      [rule('one', { Filter: { Prefix: 'logs/' } }), rule('two', { Filter: { Prefix: 'data/' } })],
      {},
      ['one'],
    ],
    ['a disabled one', [rule('one', { Status: 'Disabled' }), rule('two')], {}, ['two']],
    ['two destinations', [rule('one'), rule('two', { Priority: 2 })], {}, ['one', 'two']],
    [
      'a tag it has',
      [rule('one', { Filter: { Tag: { Key: 'k', Value: 'v' } } })],
      { tags: [{ Key: 'k', Value: 'v' }] },
      ['one'],
    ],
    [
      'a tag of another value',
      [rule('one', { Filter: { Tag: { Key: 'k', Value: 'w' } } })],
      { tags: [{ Key: 'k', Value: 'v' }] },
      [],
    ],
    [
      'prefix and tags, all of them',
      [
        rule('one', { Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'k', Value: 'v' }] } } }),
        rule('two', {
          Filter: {
            And: {
              Tags: [
                { Key: 'k', Value: 'v' },
                { Key: 'l', Value: 'v' },
              ],
            },
          },
        }),
      ],
      { tags: [{ Key: 'k', Value: 'v' }] },
      ['one'],
    ],
    ['KMS that the rule does not name', [rule('one')], { settings: { ServerSideEncryption: 'aws:kms' } }, []],
  ])('%s', async (_what, rules, seed, to) => {
    const store = newStore(rules, seed);
    expect(await bind(store).replicate()).toEqual(to.length > 0 ? OK : NOT_ELIGIBLE);
    expect(copies(store)).toEqual(to);
  });

  test('of one destination the highest priority counts', async () => {
    const rules = [
      rule('one', { Priority: 1 }, { StorageClass: 'STANDARD_IA' }),
      rule('one', { Priority: 7 }, { StorageClass: 'GLACIER_IR' }),
      rule('one', { Priority: 9, Filter: { Prefix: 'data/' } }, { StorageClass: 'ONEZONE_IA' }),
    ];
    const store = newStore(rules);
    expect(await bind(store).replicate()).toEqual(OK);
    expect(store.versions('one', 'logs/a')).toHaveLength(1);
    expect(store.peek('one', 'logs/a')?.storageClass).toBe('GLACIER_IR');
  });

  test('are asked for once in a batch, again when that failed', async () => {
    const store = newStore([rule('one')]);
    store.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'replicationRules' });
    const { replicate } = bind(store);
    expect(await replicate()).toMatchObject({ status: 'failed', httpStatus: 403 });
    await Promise.all([replicate(), replicate(), replicate()]);
    expect(store.calls.filter(({ method }) => method === 'replicationRules')).toHaveLength(2);
  });
});

describe('a copy', () => {
  test("keeps what the object has; class and key are the rule's", async () => {
    const seed: ObjectSeed = {
      metadata: { m: 'v' },
      tags: [{ Key: 'k', Value: 'v' }],
      headers: { ContentType: 'a/b' },
      storageClass: 'STANDARD_IA',
      settings: { ACL: 'public-read', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'here' },
    };
    const SourceSelectionCriteria = { SseKmsEncryptedObjects: { Status: 'Enabled' as const } };
    const there = { EncryptionConfiguration: { ReplicaKmsKeyID: 'there' } };
    const store = newStore([rule('one', { SourceSelectionCriteria }, there)], seed);
    expect(await bind(store).replicate()).toEqual(OK);
    expect(store.peek('one', 'logs/a')).toMatchObject({
      body: Buffer.from('text'),
      metadata: { m: 'v' },
      tags: [{ Key: 'k', Value: 'v' }],
      headers: { ContentType: 'a/b' },
      storageClass: 'STANDARD_IA',
      settings: { ACL: 'public-read' },
      encryption: { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'there' },
    });
  });

  test('that is there and equal is not written again; one that differs in anything is', async () => {
    const store = newStore([rule('one'), rule('two')], { metadata: { m: 'v' } });
    const { replicate } = bind(store);
    expect(await replicate()).toEqual(OK);
    expect(await replicate()).toEqual({ ...OK, message: 'Successful: replicated before' });
    expect(store.versions('one', 'logs/a')).toHaveLength(1);
    store.seed('one', 'logs/a', 'text', { metadata: { m: 'other' } });
    expect(await replicate()).toEqual(OK);
    expect(store.versions('one', 'logs/a')).toHaveLength(3);
    expect(store.versions('two', 'logs/a')).toHaveLength(1);
  });

  test('of the version in the row', async () => {
    const store = newStore([rule('one')]);
    const [old] = store.versions('source', 'logs/a');
    store.seed('source', 'logs/a', 'newer');
    expect(await bind(store).replicate({ versionId: old!.versionId })).toEqual(OK);
    expect(store.peek('one', 'logs/a')?.body.toString()).toBe('text');
  });

  test('that fails at one of several destinations: the row says where, and what was done', async () => {
    const store = newStore([rule('one'), rule('two')]);
    store.faults.fail(new StoreError('QuotaExceeded', 403, 'full'), { method: 'copyObject', bucket: 'two' });
    expect(await bind(store).replicate()).toEqual({
      status: 'failed',
      httpStatus: 403,
      errorCode: 'QuotaExceeded',
      message: 'full (destination two; replicated to before that: one)',
    });
  });

  test('into a bucket that the role may not write: nothing is written anywhere', async () => {
    const store = newStore([rule('one'), rule('two')]);
    expect(await bind(store, ['two']).replicate()).toMatchObject({ status: 'failed', httpStatus: 403 });
    expect(copies(store)).toEqual([]);
  });
});

describe('not eligible', () => {
  test.each<[what: string, seed: ObjectSeed]>([
    ['a replica', { settings: { ReplicationStatus: 'REPLICA' } }],
    ['GLACIER', { storageClass: 'GLACIER' }],
    ['DEEP_ARCHIVE', { storageClass: 'DEEP_ARCHIVE' }],
    [
      'archived by S3 Intelligent-Tiering',
      { storageClass: 'INTELLIGENT_TIERING', settings: { ArchiveStatus: 'ARCHIVE_ACCESS' } },
    ],
  ])('%s', async (_what, seed) => {
    const store = newStore([rule('one')], seed);
    expect(await bind(store).replicate()).toEqual(NOT_ELIGIBLE);
    expect(copies(store)).toEqual([]);
  });

  test('SSE-C', async () => {
    const store = newStore([rule('one')]);
    const words =
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided';
    store.faults.fail(new StoreError('InvalidRequest', 400, words), { method: 'describeObject' });
    expect(await bind(store).replicate()).toEqual(NOT_ELIGIBLE);
  });

  test('an owner of the copies that only the store could make: a clear refusal', async () => {
    const store = newStore([
      rule('one', {}, { Account: '123456789012', AccessControlTranslation: { Owner: 'Destination' } }),
    ]);
    expect(await bind(store).replicate()).toEqual({
      status: 'failed',
      httpStatus: 501,
      errorCode: 'NotImplemented',
      message:
        "The rule one makes the owner of one the owner of the copies (AccessControlTranslation), which a copy can't do",
    });
  });
});

describe('before the first object', () => {
  const refusal = async (check: Promise<void> | undefined): Promise<[string, string]> => {
    const error = await check?.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof DroverError) return [error.code, error.message];
    throw new Error(`not refused: ${String(error)}`);
  };

  test('a bucket with a rule that is enabled passes', async () => {
    await expect(bind(newStore([rule('one')])).precheck()).resolves.toBeUndefined();
  });

  test('one without fails the job', async () => {
    for (const rules of [[], [rule('one', { Status: 'Disabled' })]]) {
      expect(await refusal(bind(newStore(rules)).precheck())).toEqual([
        'ReplicationNotConfigured',
        'The bucket source has no replication rule that is enabled',
      ]);
    }
  });

  test('so does a store that does not know replication; one out of reach does not', async () => {
    const store = newStore([rule('one')]);
    store.faults.fail(new StoreError('NotImplemented', 501, 'not here'), { method: 'replicationRules' });
    expect(await refusal(bind(store).precheck())).toEqual([
      'ReplicationNotConfigured',
      'The bucket source does not tell its replication rules (s3:GetReplicationConfiguration): NotImplemented (HTTP status 501): not here',
    ]);
    store.faults.down();
    await expect(bind(store).precheck()).rejects.toBeInstanceOf(StoreError);
  });
});
