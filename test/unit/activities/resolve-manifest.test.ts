/**
 * Goal: a run of a schedule gets the manifest as it is now, or a failure that names what is wrong with it. Method: the
 * activity on a store that answers as the test says, under a role that it asks for.
 */
import { ApplicationFailure } from '@temporalio/common';
import { reportingFailures } from '../../../activities/failure';
import { resolveManifestActivity } from '../../../activities/resolve-manifest';
import type { ResolveManifestInput } from '../../../contracts/engine/activities';
import { DroverError } from '../../../contracts/engine/failures';
import type { ObjectRef, Stores } from '../../../storage/object-store';
import { StoreError } from '../../../storage/store-error';
import { activityEnvironment } from '../../support/activity-environment';
import { ACCOUNT, jobFixture, ROLE } from '../../support/job-fixture';
import { memoryRoleStores, MemoryStore, memoryStores } from '../../support/memory-store/store';

const MANIFEST = 'arn:aws:s3:::manifests/manifest.csv';

function resolve(input: ResolveManifestInput, stores: Stores): Promise<unknown> {
  const activity = reportingFailures(resolveManifestActivity({ stores } as never));
  return activityEnvironment().run(activity, input);
}

async function failure(input: ResolveManifestInput, stores: Stores): Promise<string> {
  const error = await resolve(input, stores).catch((thrown: unknown) => thrown);
  if (!(error instanceof ApplicationFailure)) throw new Error(`no failure: ${String(error)}`);
  return `${error.type} ${error.nonRetryable ? 'for good' : 'for now'}: ${error.message}`;
}

function storesOf(headObject: (ref: ObjectRef) => unknown): Stores {
  return {
    forRole: (arn: string, account: string) => ({
      storeFor: (_bucket: string, access: string) => ({
        headObject: (ref: ObjectRef) => headObject({ ...ref, arn, account, access } as never),
      }),
    }),
  } as unknown as Stores;
}

test('gives the ETag that the manifest has when it is asked', async () => {
  const { store, request } = jobFixture({ rows: 1 });
  const stores = memoryStores(memoryRoleStores(store), store, [ROLE]);
  expect(await resolve({ account: ACCOUNT, roleArn: ROLE, objectArn: MANIFEST }, stores)).toEqual({
    etag: request.Manifest.Location.ETag,
  });
  const { etag } = store.seed('manifests', 'manifest.csv', 'source,object-9\n');
  expect(etag).not.toBe(request.Manifest.Location.ETag);
  expect(await resolve({ account: ACCOUNT, roleArn: ROLE, objectArn: MANIFEST }, stores)).toEqual({ etag });
});

test('asks for the version, under the role, to read', async () => {
  const stores = storesOf((ref) => Promise.resolve({ etag: JSON.stringify(ref) }));
  const { etag } = (await resolve(
    { account: ACCOUNT, roleArn: ROLE, objectArn: MANIFEST, versionId: 'v7' },
    stores,
  )) as { etag: string };
  expect(JSON.parse(etag)).toEqual({
    bucket: 'manifests',
    key: 'manifest.csv',
    versionId: 'v7',
    arn: ROLE,
    account: ACCOUNT,
    access: 'read',
  });
});

test('names a manifest that is not there, or may not be read, and gives up at once', async () => {
  const store = new MemoryStore({ buckets: ['manifests'] });
  const empty = memoryStores(memoryRoleStores(store), store, [ROLE]);
  expect(await failure({ account: ACCOUNT, roleArn: ROLE, objectArn: MANIFEST }, empty)).toBe(
    `ManifestNotFound for good: There is no manifest ${MANIFEST}: 404 NoSuchKey: The specified key does not exist.`,
  );
  expect(await failure({ account: ACCOUNT, roleArn: 'arn:aws:iam::1:role/x', objectArn: MANIFEST }, empty)).toMatch(
    /^RoleNotConfigured for good/,
  );
  const refusing = (httpStatus: number): Stores =>
    storesOf(() => {
      throw new StoreError('X', httpStatus, 'x');
    });
  expect(await failure({ account: ACCOUNT, roleArn: ROLE, objectArn: MANIFEST }, refusing(403))).toBe(
    `ManifestAccessDenied for good: The role may not read the manifest ${MANIFEST}: 403 X: x`,
  );
  expect(await failure({ account: ACCOUNT, roleArn: ROLE, objectArn: MANIFEST }, refusing(503))).toMatch(
    /^StoreUnreachable for now/,
  );
  const notAllowed = storesOf(() => {
    throw new DroverError('BucketNotAllowed', 'not yours');
  });
  expect(await failure({ account: ACCOUNT, roleArn: ROLE, objectArn: MANIFEST }, notAllowed)).toBe(
    'BucketNotAllowed for good: not yours',
  );
  expect(await failure({ account: ACCOUNT, roleArn: ROLE, objectArn: 'arn:aws:s3:::only-a-bucket' }, empty)).toMatch(
    /names no object/,
  );
});
