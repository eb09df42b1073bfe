/**
 * Goal: a request that is too deep, too many or packed is the client's mistake and is told so: nothing of it is a 500 or costs
 * more than its bytes. Method: such requests to REST and S3 Control.
 */
import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { CREATE_JOB_REQUEST } from '../../../../api/s3control/wire/schemas';
import { jobRequest, USER } from '../test-app';
import { errorCode, message, serveApp, signed } from './client';
import { render } from './wire-rendering';

const context = serveApp();

afterEach(() => {
  expect(context.logged.filter((line) => line.includes('request failed'))).toEqual([]);
  expect(context.gateway.inputs).toEqual([]);
});

function nested(depth: number, inner: string, open = '{"Not":', close = '}'): string {
  return open.repeat(depth) + inner + close.repeat(depth);
}

function create(operation: string): string {
  const { Operation: _operation, ...others } = jobRequest();
  return `${JSON.stringify(others).slice(0, -1)},"Operation":${operation}}`;
}

const MANY = 200_000;
const deletion = (more: string): string => create(`{"S3DeleteObject":{},${more}}`);

describe('REST', () => {
  test.each([
    ['lists 5,000 deep', create(nested(5_000, '1', '[', ']')), /nested more than 32 deep/],
    ['a body of lists 500,000 deep', nested(500_000, '', '[', ']'), /nested more than 32 deep/],
    ['objects 5,000 deep', create(nested(5_000, '{}', '{"a":', '}')), /nested more than 32 deep/],
    ['Not 3,000 deep', deletion(`"When":${nested(3_000, '{"OlderThanDays":1}')}`), /nested more than 32 deep/],
    ['Not 6 deep', deletion(`"When":${nested(6, '{"OlderThanDays":1}')}`), /Not may be nested 5 deep at most/],
    ['a long list of wrong items', create(`{"S3PutObjectTagging":{"TagSet":[${'{},'.repeat(MANY)}{}]}}`), /values/],
    ['many wrong members', `{${Array.from({ length: 150_000 }, (_, index) => `"a${index}":1`).join(',')}}`, /values/],
    [
      'a long list in a condition',
      deletion(`"When":{"KeyNameConstraint":{"MatchAnyPrefix":[${'"",'.repeat(MANY)}""]}}`),
      /values/,
    ],
  ])('%s', async (_what, body, says) => {
    const answer = await request(context.app).post('/api/jobs').set(USER).type('json').send(body);
    const { error } = answer.body as { error: { code: string; message: string } };
    expect([answer.status, error.code, error.message]).toEqual([
      400,
      'BadRequestException',
      expect.stringMatching(says),
    ]);
  });

  test.each(['gzip', 'deflate', 'br', 'x-nonsense', 'GZIP, gzip'])('a body packed as %s', async (encoding) => {
    for (const body of [gzipSync(Buffer.from(create('{"S3DeleteObject":{}}'))), Buffer.from('no such thing')]) {
      const sending = request(context.app).post('/api/jobs').set(USER).type('json').set('content-encoding', encoding);
      const answer = await sending.serialize(() => body as unknown as string).send(body);
      const { error } = answer.body as { error: { code: string; advice: string } };
      expect([answer.status, error.code]).toEqual([415, 'UnsupportedMediaType']);
    }
  });
});

describe('S3 Control', () => {
  const body = (operation: string): string =>
    render(CREATE_JOB_REQUEST, jobRequest()).replace(
      /<Operation>.*<\/Operation>/,
      `<Operation>${operation}</Operation>`,
    );

  test.each([
    ['items of a list', `<S3PutObjectTagging><TagSet>${'<member/>'.repeat(MANY)}</TagSet></S3PutObjectTagging>`, 'Key'],
    [
      'items of a list of Drover’s',
      `<S3DeleteObject/><When><MatchAnyStorageClass>${'<member/>'.repeat(MANY)}</MatchAnyStorageClass></When>`,
      'values',
    ],
    [
      'entries',
      `<S3PutObjectCopy><NewObjectMetadata>${'<a/>'.repeat(MANY)}</NewObjectMetadata></S3PutObjectCopy>`,
      'Target',
    ],
  ])('%s', async (_what, operation, says) => {
    const answer = await signed('POST', '/v20180820/jobs', body(operation));
    expect([answer.status, errorCode(answer), message(answer)]).toEqual([
      400,
      'BadRequestException',
      expect.stringContaining(says),
    ]);
  });

  test('tags', async () => {
    const tags = `<PutJobTaggingRequest><Tags>${'<member/>'.repeat(MANY)}</Tags></PutJobTaggingRequest>`;
    const answer = await signed('PUT', '/v20180820/jobs/abcde/tagging', tags);
    expect([answer.status, errorCode(answer)]).toEqual([400, 'BadRequestException']);
  });
});
