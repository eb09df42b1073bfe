import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { At, Side } from '../../support/servers/store-matrix';
import { QUESTION_MARK } from './copying';
import type { OperationSpec } from './spec';

const METADATA = 'S3PutObjectMetadata';
const MOVE = 'S3MoveObject';
const KMSKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** The first has no keys; the second takes the request, and what it did not do is seen afterwards. */
const NO_KMS = { SeaweedFS: '500 InternalError', versitygw: '501 NotImplemented', moto: 'yes' } as const;

const PROPERTIES = {
  Tagging: 'a=b',
  Metadata: { origin: 'test', draft: 'yes' },
  ContentType: 'text/plain',
  ContentLanguage: 'de',
};

/** Operations that write the object anew. */
export const REWRITING: readonly OperationSpec[] = [
  {
    operation: METADATA,
    parameters: () => ({
      CacheControl: 'max-age=60',
      UserMetadata: { colour: 'red' },
      RemoveUserMetadata: ['draft'],
    }),
    put: PROPERTIES,
    done: async (side, { Bucket, Key }) => {
      const head = await side.client.send(new HeadObjectCommand({ Bucket, Key }));
      return (
        head.CacheControl === 'max-age=60' &&
        head.ContentLanguage === 'de' &&
        head.ContentType === 'text/plain' &&
        JSON.stringify(Object.entries(head.Metadata ?? {}).sort()) === '[["colour","red"],["origin","test"]]' &&
        JSON.stringify(await side.buckets.tags(Bucket, Key)) === '{"a":"b"}'
      );
    },
    expected: {
      effect: 'yes',
      olderVersion: '400 InvalidRequest',
      missingKey: '404 NoSuchKey',
      secondRun: 'yes',
      oddKeys: QUESTION_MARK,
    },
  },
  {
    operation: 'S3UpdateObjectEncryption',
    parameters: () => ({ ObjectEncryption: { SSEKMS: { KMSKeyArn } } }),
    put: PROPERTIES,
    done: async (side, { Bucket, Key }) => {
      const head = await side.client.send(new HeadObjectCommand({ Bucket, Key }));
      return head.SSEKMSKeyId === KMSKeyArn && head.Metadata?.['origin'] === 'test';
    },
    expected: {
      effect: NO_KMS,
      olderVersion: '400 InvalidRequest',
      missingKey: '404 NoSuchKey',
      secondRun: NO_KMS,
      oddKeys: { ...NO_KMS, versitygw: `${NO_KMS.versitygw}; 400 InvalidArgument: "question?versionId=v1"` },
    },
  },
  {
    operation: MOVE,
    parameters: (side) => ({ TargetResource: `arn:aws:s3:::${side.bucket('moved')}` }),
    put: PROPERTIES,
    done: async (side, at) => {
      const target = { Bucket: side.bucket('moved'), Key: at.Key };
      const body = await bodyOf(side, target);
      const head = await side.client.send(new HeadObjectCommand(target));
      return (
        (body === `${MOVE} on ${at.Key}` || body === 'older body') &&
        head.Metadata?.['origin'] === 'test' &&
        head.ContentLanguage === 'de' &&
        JSON.stringify(await side.buckets.tags(target.Bucket, target.Key)) === '{"a":"b"}' &&
        (await bodyOf(side, at).catch(() => undefined)) === undefined
      );
    },
    expected: {
      effect: 'yes',
      olderVersion: 'yes',
      missingKey: '404 NoSuchKey',
      secondRun: 'yes',
      oddKeys: QUESTION_MARK,
    },
  },
];

async function bodyOf(side: Side, at: At): Promise<string | undefined> {
  const { Body } = await side.client.send(new GetObjectCommand(at));
  return Body?.transformToString();
}
