// The in-memory store answers as S3 does where operations depend on it: versions, locks, ACLs, copies in parts, pages.
import { defined } from '../../../contracts/defined';
import { copySource } from '../../../storage/copy-source';
import { sumOf } from '../../support/memory-store/checks';
import { MemoryStore } from '../../support/memory-store/store';

const MIB = 1024 * 1024;
const at = (Bucket: string, Key = 'k', VersionId?: string) => ({
  Bucket,
  Key,
  ...defined({ VersionId }),
});

function newStore(): MemoryStore {
  const store = new MemoryStore({ buckets: ['plain'] });
  store.createBucket('versioned', { versioned: true });
  store.createBucket('locked', { objectLock: true });
  store.createBucket('owned', { aclsDisabled: true });
  return store;
}

const denied = {
  code: 'AccessDenied',
  httpStatus: 403,
  message: 'Access Denied because object protected by object lock.',
};

describe('versions', () => {
  test('a delete hides them behind a marker, which answers differently by key and by version', async () => {
    const store = newStore();
    const { versionId } = store.seed('versioned', 'k', 'x');
    const { versionId: marker, deleteMarker } = await store.deleteObject(at('versioned'));
    expect(deleteMarker).toBe(true);
    await expect(store.describeObject(at('versioned'))).rejects.toMatchObject({ code: 'NoSuchKey', httpStatus: 404 });
    const byVersion = store.describeObject(at('versioned', 'k', marker));
    await expect(byVersion).rejects.toMatchObject({ code: 'MethodNotAllowed', httpStatus: 405 });
    expect(await store.describeObject(at('versioned', 'k', versionId))).toMatchObject({ versionId });
    expect(await store.deleteObject(at('versioned', 'k', marker))).toMatchObject({
      deleteMarker: true,
      versionId: marker,
    });
    expect(store.keys('versioned')).toEqual(['k']);
  });

  test('suspended: there is one null version', async () => {
    const store = newStore();
    store.seed('versioned', 'k', 'kept');
    store.suspendVersioning('versioned');
    store.seed('versioned', 'k', 'replaced');
    store.seed('versioned', 'k', 'x');
    expect(store.versions('versioned', 'k').map(({ versionId }) => versionId)).toEqual(['v1', 'null']);
    await store.deleteObject(at('versioned'));
    expect(store.versions('versioned', 'k').map(({ deleteMarker }) => deleteMarker)).toEqual([false, true]);
  });

  test.each([1, 2, 3, 100])(
    'are listed in pages of %i, newest first, keys in the order of their bytes',
    async (MaxKeys) => {
      const store = newStore();
      for (const key of ['\u{1f600}', '\uff5e', 'a']) {
        store.seed('versioned', key, '1');
        store.seedDeleteMarker('versioned', key);
        store.seed('versioned', key, '2');
      }
      const seen: string[] = [];
      for (let next: object | undefined = {}; next;) {
        const page = await store.listObjectVersions({ Bucket: 'versioned', MaxKeys, ...next });
        seen.push(...page.versions.map(({ key, versionId, isLatest }) => `${key}${versionId}${isLatest ? '*' : ''}`));
        next = page.next;
      }
      const expected = [
        ['a', 9],
        ['\uff5e', 6],
        ['\u{1f600}', 3],
      ] as const;
      expect(seen).toEqual(expected.flatMap(([key, id]) => [`${key}v${id}*`, `${key}v${id - 1}`, `${key}v${id - 2}`]));
    },
  );

  test('conditional deletes', async () => {
    const store = newStore();
    store.seed('plain', 'k', 'x');
    await expect(store.deleteObject({ ...at('plain'), IfMatch: '"other"' })).rejects.toMatchObject({ httpStatus: 412 });
    expect(store.keys('plain')).toEqual(['k']);
    await store.deleteObject({ ...at('plain'), IfMatch: '*' });
    await expect(store.deleteObject({ ...at('plain'), IfMatch: '*' })).rejects.toMatchObject({ code: 'NoSuchKey' });
  });

  test('deleteObjects tells each fate, and nothing of deleted keys when quiet', async () => {
    const store = newStore();
    const { versionId } = store.seed('locked', 'held', 'x', { settings: { ObjectLockLegalHoldStatus: 'ON' } });
    store.refuseDelete('locked', 'odd');
    const Objects = [{ Key: 'held', VersionId: versionId }, { Key: 'odd' }, { Key: 'missing' }];
    const { deleted, errors } = await store.deleteObjects({ Bucket: 'locked', Delete: { Objects } });
    expect(deleted).toEqual([{ key: 'missing' }]);
    expect(errors).toMatchObject([
      { key: 'held', versionId, code: 'AccessDenied' },
      { key: 'odd', code: 'InternalError' },
    ]);
    const quiet = await store.deleteObjects({ Bucket: 'locked', Delete: { Objects: [{ Key: 'odd' }], Quiet: true } });
    expect(quiet).toEqual({ deleted: [], errors: [] });
  });
});

describe('Object Lock', () => {
  const soon = new Date('2026-02-01T00:00:00Z');
  const later = new Date('2026-03-01T00:00:00Z');
  const retain = (Mode: 'GOVERNANCE' | 'COMPLIANCE', RetainUntilDate: Date) => ({
    Retention: { Mode, RetainUntilDate },
  });

  test('a bucket without it refuses all of it', async () => {
    const store = newStore();
    store.seed('plain', 'k');
    const missing = { code: 'InvalidRequest', httpStatus: 400, message: 'Bucket is missing Object Lock Configuration' };
    const hold = { ...at('plain'), LegalHold: { Status: 'ON' } } as const;
    await expect(store.putObjectLegalHold(hold)).rejects.toMatchObject(missing);
    await expect(store.putObjectRetention({ ...at('plain'), ...retain('GOVERNANCE', soon) })).rejects.toMatchObject(
      missing,
    );
    const copy = { ...at('plain', 'c'), CopySource: 'plain/k', ObjectLockLegalHoldStatus: 'ON' } as const;
    await expect(store.copyObject(copy)).rejects.toMatchObject(missing);
  });

  test('governance gives way to a bypass, compliance to nothing but more time', async () => {
    const store = newStore();
    const { versionId } = store.seed('locked', 'k');
    const ref = at('locked', 'k', versionId);
    const bypass = { BypassGovernanceRetention: true };
    await store.putObjectRetention({ ...ref, ...retain('GOVERNANCE', later) });
    await expect(store.putObjectRetention({ ...ref, ...retain('GOVERNANCE', soon) })).rejects.toMatchObject(denied);
    await store.putObjectRetention({ ...ref, ...retain('GOVERNANCE', soon), ...bypass });
    await store.putObjectRetention({ ...ref, ...retain('COMPLIANCE', soon), ...bypass });
    for (const Retention of [{}, retain('GOVERNANCE', later).Retention]) {
      await expect(store.putObjectRetention({ ...ref, Retention, ...bypass })).rejects.toMatchObject(denied);
    }
    await store.putObjectRetention({ ...ref, ...retain('COMPLIANCE', later) });
    await expect(store.deleteObject({ ...ref, ...bypass })).rejects.toMatchObject(denied);
    store.now = later;
    await store.deleteObject(ref);
    expect(store.versions('locked', 'k')).toEqual([]);
  });

  test('a legal hold gives way to nothing', async () => {
    const store = newStore();
    const { versionId } = store.seed('locked', 'k');
    const ref = at('locked', 'k', versionId);
    expect(await store.getObjectLegalHold(ref)).toBeUndefined();
    await store.putObjectLegalHold({ ...ref, LegalHold: { Status: 'ON' } });
    await expect(store.deleteObject({ ...ref, BypassGovernanceRetention: true })).rejects.toMatchObject(denied);
    // Without a version, a marker is made.
    expect(await store.deleteObject(at('locked'))).toMatchObject({ deleteMarker: true });
  });
});

test('ACLs: canned, of a policy, and none where they are disabled', async () => {
  const store = newStore();
  store.seed('plain', 'k');
  store.seed('owned', 'k');
  const own = { Permission: 'FULL_CONTROL' };
  expect((await store.getObjectAcl(at('plain'))).Grants).toMatchObject([own]);
  await store.putObjectAcl({ ...at('plain'), ACL: 'public-read' });
  expect((await store.getObjectAcl(at('plain'))).Grants).toMatchObject([own, { Permission: 'READ' }]);
  const AccessControlPolicy = { Owner: { ID: 'o' }, Grants: [] };
  await store.putObjectAcl({ ...at('plain'), AccessControlPolicy });
  expect(await store.getObjectAcl(at('plain'))).toEqual(AccessControlPolicy);
  const refused = { code: 'AccessControlListNotSupported', httpStatus: 400 };
  await expect(store.putObjectAcl({ ...at('owned'), ACL: 'private' })).rejects.toMatchObject(refused);
  await store.putObjectAcl({ ...at('owned'), ACL: 'bucket-owner-full-control' });
});

describe('copies', () => {
  test.each([
    ['CopySourceIfMatch', { CopySourceIfMatch: '"other"' }, 412],
    ['IfNoneMatch', { IfNoneMatch: '*' }, 412],
    ['onto itself', { Key: 'k' }, 400],
  ])('%s', async (_name, members, httpStatus) => {
    const store = newStore();
    store.seed('plain', 'k', 'old');
    store.seed('plain', 'there', 'kept');
    const copy = { ...at('plain', 'there'), CopySource: 'plain/k', ...members };
    await expect(store.copyObject(copy)).rejects.toMatchObject({ httpStatus });
    expect(store.peek('plain', 'there')?.body.toString()).toBe('kept');
  });

  test('keep the checksum', async () => {
    const store = newStore();
    const ChecksumSHA1 = await sumOf(Buffer.from('x'), 'SHA1');
    store.seed('plain', 'k', 'x', { settings: { ChecksumSHA1 } });
    await store.copyObject({ ...at('plain', 'c'), CopySource: 'plain/k' });
    expect((await store.describeObject({ ...at('plain', 'c'), ChecksumMode: 'ENABLED' })).checksum).toMatchObject({
      algorithm: 'SHA1',
      value: ChecksumSHA1,
    });
  });

  test('in parts, also of what only pretends to be large', async () => {
    const store = newStore();
    const size = 6 * 1024 ** 3;
    const { etag } = store.seed('plain', 'large', 'x'.repeat(100), { size });
    const CopySource = copySource('plain', 'large');
    await expect(store.copyObject({ ...at('plain', 'c'), CopySource })).rejects.toMatchObject({
      code: 'InvalidRequest',
    });
    const { uploadId: UploadId } = await store.createMultipartUpload({
      ...at('plain', 'c'),
      ChecksumAlgorithm: 'CRC64NVME',
    });
    const upload = { ...at('plain', 'c'), UploadId };
    const Parts = [];
    for (const [PartNumber, first, end] of [
      [1, 0, size / 2],
      [2, size / 2, size],
    ] as const) {
      const CopySourceRange = `bytes=${first}-${end - 1}`;
      const part = { ...upload, PartNumber, CopySource, CopySourceRange, CopySourceIfMatch: `"${etag}"` };
      await expect(store.uploadPartCopy({ ...part, CopySourceIfMatch: '"other"' })).rejects.toMatchObject({
        httpStatus: 412,
      });
      const stored = await store.uploadPartCopy(part);
      Parts.push({ PartNumber, ETag: `"${stored.etag}"`, ...stored.checksums });
    }
    expect(await store.listParts({ ...upload, MaxParts: 1 })).toMatchObject({
      parts: [{ partNumber: 1, size: size / 2 }],
      next: { PartNumberMarker: '1' },
    });
    expect((await store.listMultipartUploads({ Bucket: 'plain' })).uploads).toMatchObject([{ uploadId: UploadId }]);
    await store.completeMultipartUpload({ ...upload, MultipartUpload: { Parts } });
    const copy = store.peek('plain', 'c')!;
    expect([copy.size, copy.body.toString()]).toEqual([size, 'x'.repeat(100)]);
    const part = await store.describeObject({ ...at('plain', 'c'), PartNumber: 2 });
    expect(part).toMatchObject({ contentLength: size / 2, partsCount: 2 });
    expect((await store.listMultipartUploads({ Bucket: 'plain' })).uploads).toEqual([]);
  });

  test('composite checksums are of the parts', async () => {
    const store = newStore();
    const bodies = [Buffer.alloc(5 * MIB, 'a'), Buffer.from('b')];
    const { uploadId: UploadId } = await store.createMultipartUpload({ ...at('plain'), ChecksumAlgorithm: 'SHA256' });
    const sums = await Promise.all(bodies.map((body) => sumOf(body, 'SHA256')));
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const input = { ...at('plain'), UploadId, PartNumber: index + 1, Body, ChecksumSHA256: sums[index]! };
      const { etag } = await store.uploadPart(input);
      Parts.push({ PartNumber: index + 1, ETag: etag, ChecksumSHA256: sums[index]! });
    }
    const untold = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    const complete = (told: object[]) =>
      store.completeMultipartUpload({ ...at('plain'), UploadId, MultipartUpload: { Parts: told } });
    await expect(complete(untold)).rejects.toMatchObject({ code: 'InvalidRequest' });
    const whole = await sumOf(Buffer.concat(sums.map((sum) => Buffer.from(sum, 'base64'))), 'SHA256');
    expect(await complete(Parts)).toMatchObject({ checksums: { ChecksumSHA256: `${whole}-2` } });
  });
});

describe('UpdateObjectEncryption', () => {
  const ObjectEncryption = { SSEKMS: { KMSKeyArn: 'arn:key' } };

  test('changes the key', async () => {
    const store = newStore();
    store.seed('plain', 'k', 'body');
    await store.updateObjectEncryption({ ...at('plain'), ObjectEncryption });
    expect(await store.describeObject(at('plain'))).toMatchObject({ sseKmsKeyId: 'arn:key', contentLength: 4 });
  });

  test('destroys the object in a store that does not know it', async () => {
    const store = new MemoryStore({ buckets: ['plain'], updatesEncryption: false });
    store.seed('plain', 'k', 'body');
    await store.updateObjectEncryption({ ...at('plain'), ObjectEncryption });
    expect(store.peek('plain', 'k')?.body.toString()).not.toBe('body');
  });
});
