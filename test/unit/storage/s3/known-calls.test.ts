// Goal: a call that a store could take for another one is sent only after the store has shown that it knows it, at the cost of one look for each
// job, bucket and call. Method: a server that answers as one kind of store does, and the requests that reach it.
import { LIMITS } from '../../../../contracts/limits';
import type { ObjectStore } from '../../../../storage/object-store';
import { Findings } from '../../../../storage/s3/known-calls/findings';
import { scratchKey } from '../../../../storage/s3/known-calls/on-scratch';
import { StoreError } from '../../../../storage/store-error';
import type { SeenRequest } from '../../../support/servers/http-store-stub';
import { StubbedStores } from '../stubbed-store';

const stubbed = new StubbedStores();
afterEach(() => stubbed.close());

type Answer = readonly [status: number, body?: string, headers?: Readonly<Record<string, string>>];

const TAGGING = '<Tagging><TagSet/></Tagging>';
const COPIED = '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>';
const COPY = { Bucket: 'b', Key: 'folder/k', CopySource: 'source/k' };
const OBJECT = { Bucket: 'b', Key: 'folder/k' };
const TAGS = { ...OBJECT, Tagging: { TagSet: [] } };

function error(status: number, code: string, message = code): Answer {
  return [status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`];
}

const isScratch = ({ url }: SeenRequest): boolean => url.includes('drover-probe-');
const isTagging = ({ url }: SeenRequest): boolean => url.includes('tagging');

async function setUp(answer: (request: SeenRequest) => Answer) {
  const { store, stub } = await stubbed.open(
    (response, request) => {
      const [status, body, headers] = answer(request);
      response.writeHead(status, headers);
      response.end(request.method === 'HEAD' ? undefined : body);
    },
    { knowsAllCalls: false },
  );
  const job = (id: string): ObjectStore => store.ownedBy({ id, check: () => undefined });
  const seen = (): string[] =>
    stub.requests.map(({ method, url }) =>
      `${method} ${url.replace(/drover-probe-[0-9a-f-]*/g, '#').replace(/x-id=\w+&?/, '')}`.replace(/[?&]$/, ''),
    );
  return { job, seen };
}

/** GET of the subresource; GET of the object; a scratch key is not found; anything else succeeds. */
function reads(ofSubresource: Answer, ofObject: Answer = [206, 'b']) {
  return (request: SeenRequest): Answer => {
    if (isScratch(request)) return error(404, 'NoSuchKey');
    if (request.method !== 'GET') return [200];
    return isTagging(request) ? ofSubresource : ofObject;
  };
}

test('one look serves all tasks of a job in a bucket, and no other job or bucket', async () => {
  const { job, seen } = await setUp(reads([200, TAGGING]));
  const store = job('j1');
  await Promise.all([store.putObjectTagging(TAGS), store.putObjectTagging({ ...TAGS, Key: 'k2' })]);
  await job('j1').putObjectTagging(TAGS);
  const looks = (): number => seen().filter((text) => text.startsWith('GET')).length;
  expect([looks(), seen().length]).toEqual([1, 5]);
  await job('j1').putObjectTagging({ ...TAGS, Bucket: 'other' });
  await job('j2').putObjectTagging(TAGS);
  expect([looks(), seen().length]).toEqual([3, 11]);
});

test.each<[string, Answer, Answer?]>([
  ['tags', [200, TAGGING]],
  ['that there are none', error(404, 'NoSuchTagSet')],
  ['a refusal that the plain object does not meet', error(403, 'AccessDenied')],
  ['the same of an empty one', error(403, 'AccessDenied'), error(416, 'InvalidRange')],
  ['the same of an archived one', error(403, 'AccessDenied'), error(403, 'InvalidObjectState')],
])('tags are written where the read answers %s', async (_what, ...answers) => {
  const { job, seen } = await setUp(reads(...answers));
  await job('j').putObjectTagging(TAGS);
  expect(seen().at(-1)).toBe('PUT /b/folder/k?tagging=');
});

test.each<[string, Answer]>([
  ['the bytes', [200, 'bytes']],
  ['no bytes', [200, '']],
  ['a listing', [200, '<ListBucketResult/>']],
  ['another thing of the object', [200, '<AccessControlPolicy/>']],
  ['that it is not implemented', error(501, 'NotImplemented')],
  ['that the argument is bad', error(400, 'InvalidArgument')],
  ['that there is no such key, which there is', error(404, 'NoSuchKey')],
  ['that an archived object must be restored first', error(403, 'InvalidObjectState')],
])('no task of the job is sent where the read answers %s', async (_what, answer) => {
  const { job, seen } = await setUp(reads(answer));
  const refused = {
    code: 'NotImplemented',
    httpStatus: 501,
    message: expect.stringMatching(/^PutObjectTagging .*stub/),
  };
  await expect(job('j').putObjectTagging(TAGS)).rejects.toMatchObject(refused);
  const looks = seen().length;
  await expect(job('j').putObjectTagging({ ...TAGS, Key: 'k2' })).rejects.toMatchObject(refused);
  expect(seen()).toHaveLength(looks);
  expect(seen().filter((text) => !text.startsWith('GET'))).toEqual([]);
});

test('what is about one object is its own row, and the next one tells', async () => {
  const { job, seen } = await setUp((request) => {
    const { method, url } = request;
    if (isScratch(request)) return error(404, 'NoSuchKey');
    if (method !== 'GET') return [200];
    return url.startsWith('/b/gone') ? error(404, 'NoSuchKey') : [200, TAGGING];
  });
  const store = job('j');
  const outcomes = await Promise.allSettled(
    ['gone1', 'gone2', 'k', 'gone3'].map((Key) => store.putObjectTagging({ ...TAGS, Key })),
  );
  expect(outcomes.map(({ status }) => status).slice(0, 3)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(outcomes[0]).toMatchObject({ reason: { code: 'NoSuchKey', httpStatus: 404 } });
  expect(seen().filter((text) => text.startsWith('PUT') && /gone[12]/.test(text))).toEqual([]);
});

test('no tags are written where the read is right, and the PUT for a scratch key makes an object, which is removed', async () => {
  const { job, seen } = await setUp(({ method }) => (method === 'GET' ? [200, TAGGING] : [200]));
  await expect(job('j').putObjectTagging(TAGS)).rejects.toMatchObject({ code: 'NotImplemented', httpStatus: 501 });
  expect(seen()).toEqual([
    'GET /b/folder/k?tagging=',
    'PUT /b/folder/#?tagging=',
    'HEAD /b/folder/#',
    'HEAD /b/folder/#',
    'DELETE /b/folder/#',
  ]);
});

test('credentials that may not read the object either: the row says which right is missing', async () => {
  const { job, seen } = await setUp(reads(error(403, 'AccessDenied'), error(403, 'AccessDenied')));
  const refused = { httpStatus: 403, message: expect.stringContaining('s3:GetObjectTagging') };
  await expect(job('j').putObjectTagging(TAGS)).rejects.toMatchObject(refused);
  expect(seen().filter((text) => text.startsWith('PUT'))).toEqual([]);
});

describe('DeleteObjectTagging', () => {
  test('is sent where a key that no object has is not found', async () => {
    const { job, seen } = await setUp((request) => {
      if (isScratch(request)) return error(404, 'NoSuchKey');
      return request.method === 'GET' ? [200, TAGGING] : [204];
    });
    await job('j').deleteObjectTagging(OBJECT);
    expect(seen()).toEqual(['GET /b/folder/k?tagging=', 'DELETE /b/folder/#?tagging=', 'DELETE /b/folder/k?tagging=']);
  });

  test('is not sent where such a key is said to be deleted; its delete marker is removed', async () => {
    const marker = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': 'm1' };
    const { job, seen } = await setUp(({ method }) => (method === 'GET' ? [200, TAGGING] : [204, '', marker]));
    await expect(job('j').deleteObjectTagging(OBJECT)).rejects.toMatchObject({ httpStatus: 501 });
    expect(seen()).toEqual([
      'GET /b/folder/k?tagging=',
      'DELETE /b/folder/#?tagging=',
      'DELETE /b/folder/#?versionId=m1',
    ]);
  });
});

describe('RestoreObject', () => {
  const input = { ...OBJECT, RestoreRequest: { Days: 1 } };

  test.each([405, 501])('the store refuses it (%i): in its own words, for all of the job', async (status) => {
    const { job, seen } = await setUp(() => error(status, 'MethodNotAllowed', 'in its own words'));
    const refused = { httpStatus: status, message: 'in its own words' };
    await expect(job('j').restoreObject(input)).rejects.toMatchObject(refused);
    await expect(job('j').restoreObject(input)).rejects.toMatchObject(refused);
    expect(seen()).toEqual(['POST /b/folder/#?restore=']);
  });

  test('a store that takes it for PutObject keeps the object, and what it made is removed', async () => {
    const { job, seen } = await setUp(() => [200]);
    await expect(job('j').restoreObject(input)).rejects.toMatchObject({ httpStatus: 501 });
    expect(seen()).toEqual(['POST /b/folder/#?restore=', 'HEAD /b/folder/#', 'DELETE /b/folder/#']);
  });

  test('what could not be removed is said', async () => {
    const { job } = await setUp(({ method }) => (method === 'DELETE' ? error(403, 'AccessDenied') : [200]));
    const message = expect.stringMatching(/folder\/drover-probe-.* was not removed: 403 AccessDenied/);
    await expect(job('j').restoreObject(input)).rejects.toMatchObject({ message });
  });
});

describe('CopyObject', () => {
  const copies = (refusal: Answer, ofNoName?: Answer) =>
    setUp((request) => {
      if (!isScratch(request)) return [200, COPIED];
      return request.headers['x-amz-copy-source'] === 'source/' && ofNoName ? ofNoName : refusal;
    });

  test.each<[string, Answer, Answer?]>([
    ['not found', error(404, 'NoSuchKey')],
    ['refused in a 200', [200, '<Error><Code>NoSuchKey</Code></Error>']],
    ['refused as a source', error(400, 'InvalidArgument', 'Copy Source must mention the source bucket and key')],
    [
      'not to be seen, and a source without a name is refused',
      error(403, 'AccessDenied'),
      error(400, 'InvalidArgument', 'no copy source'),
    ],
  ])('is sent where a source that does not exist is %s', async (_what, ...answers) => {
    const { job, seen } = await copies(...answers);
    await job('j').copyObject(COPY);
    expect(seen().at(-1)).toBe('PUT /b/folder/k');
  });

  test('is sent where the answer is a result, whatever else the store answers: no other call has one', async () => {
    const { job, seen } = await setUp(({ method }) =>
      method === 'PUT' ? [200, COPIED] : error(405, 'MethodNotAllowed'),
    );
    await job('j').copyObject(COPY);
    expect(seen()).toEqual(['PUT /b/folder/#', 'HEAD /b/folder/#', 'PUT /b/folder/k']);
  });

  test('is not sent where the source is ignored: onto itself it would empty the object', async () => {
    const { job, seen } = await copies([200]);
    await expect(job('j').copyObject(COPY)).rejects.toMatchObject({ httpStatus: 501, code: 'NotImplemented' });
    expect(seen()).toEqual(['PUT /b/folder/#', 'HEAD /b/folder/#', 'DELETE /b/folder/#']);
  });

  test('is not sent where nothing can be told', async () => {
    const { job, seen } = await copies(error(403, 'AccessDenied'));
    await expect(job('j').copyObject(COPY)).rejects.toMatchObject({ httpStatus: 403 });
    expect(seen()).toEqual(['PUT /b/folder/#', 'PUT /b/folder/#']);
  });

  test('an answer that is not to a copy is no success', async () => {
    const { job } = await setUp((request) =>
      isScratch(request) ? error(404, 'NoSuchKey') : [200, '<ListBucketResult/>'],
    );
    await expect(job('j').copyObject(COPY)).rejects.toMatchObject({ httpStatus: 501 });
  });
});

describe('CreateMultipartUpload', () => {
  const CREATED = '<InitiateMultipartUploadResult><UploadId>u&amp;1</UploadId></InitiateMultipartUploadResult>';

  test.each([204, 403])('is sent where one for a scratch key has an id; that one is ended (%i)', async (ofAbort) => {
    const { job, seen } = await setUp(({ method }) => (method === 'POST' ? [200, CREATED] : [ofAbort]));
    expect(await job('j').createMultipartUpload(OBJECT)).toEqual({ uploadId: 'u&1' });
    expect(seen()).toEqual([
      'POST /b/folder/#?uploads=',
      expect.stringMatching(/^DELETE \/b\/folder\/#\?uploadId=u%261/),
      'POST /b/folder/k?uploads=',
    ]);
  });

  test('is not sent where it is taken for PutObject', async () => {
    const { job, seen } = await setUp(() => [200]);
    await expect(job('j').createMultipartUpload(OBJECT)).rejects.toMatchObject({ httpStatus: 501 });
    expect(seen()).toEqual(['POST /b/folder/#?uploads=', 'HEAD /b/folder/#', 'DELETE /b/folder/#']);
  });
});

describe('versions', () => {
  const versioned = (head: Answer, deleted: Answer = [204]) =>
    setUp(({ method }) => (method === 'HEAD' ? head : method === 'POST' ? [200, '<DeleteResult/>'] : deleted));
  const VERSION = { ...OBJECT, VersionId: 'v1' };

  test.each<[string, Answer, string]>([
    ['names it', [200, '', { 'x-amz-version-id': 'v1' }], 'v1'],
    ['says that it is a delete marker', [405], 'v1'],
    ['has none', [404], 'v1'],
    ['has no versions', [200], 'null'],
  ])('are deleted where the store %s', async (_what, head, VersionId) => {
    const { job, seen } = await versioned(head);
    await job('j').deleteObject({ ...OBJECT, VersionId });
    expect(seen()).toEqual([`HEAD /b/folder/k?versionId=${VersionId}`, `DELETE /b/folder/k?versionId=${VersionId}`]);
  });

  test.each<[string, Answer, string]>([
    ['names none', [200], 'v1'],
    ['names another', [200, '', { 'x-amz-version-id': 'v2' }], 'v1'],
    ['names another than the one without', [200, '', { 'x-amz-version-id': 'v2' }], 'null'],
  ])('are not touched where the store %s', async (_what, head, VersionId) => {
    const { job, seen } = await versioned(head);
    const refused = { httpStatus: 501 };
    await expect(job('j').deleteObject({ ...OBJECT, VersionId })).rejects.toMatchObject(refused);
    await expect(job('j').putObjectTagging({ ...TAGS, VersionId })).rejects.toMatchObject(refused);
    const Delete = { Objects: [{ Key: 'k', VersionId }] };
    await expect(job('j').deleteObjects({ Bucket: 'b', Delete })).rejects.toMatchObject(refused);
    const CopySource = `b/k?versionId=${VersionId}`;
    await expect(job('j').copyObject({ ...COPY, CopySource })).rejects.toMatchObject(refused);
    expect(seen()).toEqual([`HEAD /b/folder/k?versionId=${VersionId}`]);
  });

  test('one that is seen speaks for all, also one whose deletion was answered with its name', async () => {
    const seenOne = await versioned([200, '', { 'x-amz-version-id': 'v1' }]);
    const Objects = Array.from({ length: 20 }, (_, index) => ({ Key: `k${index}`, VersionId: 'v1' }));
    await seenOne.job('j').deleteObjects({ Bucket: 'b', Delete: { Objects } });
    expect(seenOne.seen()).toEqual(['HEAD /b/k0?versionId=v1', 'POST /b/?delete=']);
    const gone = await versioned([404], [204, '', { 'x-amz-version-id': 'v1' }]);
    await gone.job('j').deleteObject(VERSION);
    await gone.job('j').deleteObject({ ...VERSION, VersionId: 'v2' });
    expect(gone.seen().filter((text) => text.startsWith('HEAD'))).toHaveLength(1);
  });

  test('credentials that may not look: the row says which right is missing', async () => {
    const { job } = await versioned([403]);
    const message = expect.stringContaining('s3:GetObjectVersion');
    await expect(job('j').deleteObject(VERSION)).rejects.toMatchObject({ httpStatus: 403, message });
  });
});

test.each([
  ['names another', { 'x-amz-version-id': 'v2' }],
  ['names none', {}],
])('a version is not read where the answer %s', async (_what, headers) => {
  const { job } = await setUp(() => [200, '', { etag: '"e"', ...headers }]);
  const VersionId = 'v1';
  const refused = { httpStatus: 501, code: 'NotImplemented', message: expect.stringContaining('asked for v1') };
  await expect(job('j').describeObject({ ...OBJECT, VersionId })).rejects.toMatchObject(refused);
  await expect(job('j').getObject({ ...OBJECT, VersionId })).rejects.toMatchObject(refused);
});

test('a retention is set where the store does not tell it, but finds no scratch key', async () => {
  const { job, seen } = await setUp((request) => {
    if (isScratch(request)) return request.method === 'HEAD' ? [404] : error(500, 'InternalError');
    return [200, 'bytes'];
  });
  await job('j').putObjectRetention({ ...OBJECT, Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(0) } });
  expect(seen().slice(-2)).toEqual(['HEAD /b/folder/#', 'PUT /b/folder/k?retention=']);
});

test('a look whose answer is lost says nothing of the task’s own request', async () => {
  const { store } = await stubbed.open((response) => response.destroy(), { knowsAllCalls: false });
  const lost = store.restoreObject({ ...OBJECT, RestoreRequest: { Days: 1 } });
  await expect(lost).rejects.toMatchObject({ httpStatus: 0, answerLost: false });
});

describe('findings', () => {
  test('are looked at again after a while', () => {
    let now = 0;
    const findings = new Findings(() => now);
    findings.keep('a', 'known');
    expect(findings.knows('a')).toBe(true);
    now = LIMITS.store.findingMs;
    expect(findings.knows('a')).toBe(false);
  });

  test('are as many as there may be', () => {
    const findings = new Findings();
    for (let index = 0; index <= LIMITS.store.findingsMax; index += 1) findings.keep(`${index}`, 'known');
    expect([findings.knows('0'), findings.knows('1')]).toEqual([false, true]);
  });

  test('a refusal is for whoever waits, too', async () => {
    const findings = new Findings();
    const refusal = new StoreError('NotImplemented', 501, 'no');
    const asked = Array.from({ length: 3 }, () => findings.find('a', async () => refusal));
    for (const each of asked) await expect(each).rejects.toBe(refusal);
    expect(findings.knows('a')).toBe(false);
  });
});

test.each([
  ['k', /^drover-probe-[0-9a-f-]{36}$/],
  ['a/b/k', /^a\/b\/drover-probe-[0-9a-f-]{36}$/],
  ['a//', /^a\/\/drover-probe-[0-9a-f-]{36}$/],
  [`${'a'.repeat(1_000)}/k`, /^drover-probe-[0-9a-f-]{36}$/],
])('a scratch key lies beside its object: %s', (key, expected) => {
  expect(scratchKey(key)).toMatch(expected);
});
