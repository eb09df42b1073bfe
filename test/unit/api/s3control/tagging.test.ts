/**
 * Goal: the tags of a job are read, replaced and removed as S3 Control does. Method: captured requests replayed, others
 * signed here, against the app on a fake Temporal.
 */
import { addJob, CAPTURED_JOB, DECLARATION, errorCode, message, replay, serveApp, signed, XMLNS } from './client';

const context = serveApp();
const TARGET = `/v20180820/jobs/${CAPTURED_JOB}/tagging`;

function putBody(...tags: string[]): string {
  return `<PutJobTaggingRequest ${XMLNS}><Tags>${tags.join('')}</Tags></PutJobTaggingRequest>`;
}

function tag(key: string, value: string, element = 'member'): string {
  return `<${element}><Key>${key}</Key><Value>${value}</Value></${element}>`;
}

function tagsAnswer(...tags: string[]): string {
  const list = tags.length === 0 ? '<Tags/>' : `<Tags>${tags.join('')}</Tags>`;
  return `${DECLARATION}<GetJobTaggingResult ${XMLNS}>${list}</GetJobTaggingResult>`;
}

beforeEach(() => {
  addJob(context, CAPTURED_JOB);
});

test.each([
  ['boto3-put-job-tagging', 'boto3-put-job-tagging-empty', 'boto3-get-job-tagging', 'boto3-delete-job-tagging'],
  ['cli-put-job-tagging', undefined, 'cli-get-job-tagging', 'cli-delete-job-tagging'],
  ['js-putjobtagging', 'js-putjobtagging-empty', 'js-getjobtagging', 'js-deletejobtagging'],
])('%s is given back, and goes', async (put, putNone, get, remove) => {
  const none = `${DECLARATION}<PutJobTaggingResult ${XMLNS}/>`;
  expect((await replay(get)).body).toBe(tagsAnswer());
  for (const gone of [remove, ...(putNone === undefined ? [] : [putNone])]) {
    expect((await replay(put)).body).toBe(none);
    expect((await replay(get)).body).toMatch(/<Tags><member><Key>[^<]+<\/Key><Value>/);
    expect((await replay(gone)).body).toBe(gone === remove ? none.replace('Put', 'Delete') : none);
    expect((await replay(get)).body).toBe(tagsAnswer());
  }
});

test('replaces, in the order given', async () => {
  await signed('PUT', TARGET, putBody(tag('old', 'x')));
  await signed('PUT', TARGET, putBody(tag('b', ''), tag('a', 'é 1', 'member')));
  expect((await signed('GET', TARGET)).body).toBe(
    tagsAnswer('<member><Key>b</Key><Value></Value></member>', tag('a', 'é 1')),
  );
  await signed('PUT', TARGET, putBody(tag('by type', 'y', 'S3Tag')));
  expect((await signed('GET', TARGET)).body).toBe(tagsAnswer(tag('by type', 'y')));
});

test.each<[string, string, string, RegExp]>([
  ['51 tags', putBody(...Array.from({ length: 51 }, (_, index) => tag(`k${index}`, ''))), 'TooManyTagsException', /50/],
  ['a key twice', putBody(tag('k', '1'), tag('k', '2')), 'BadRequestException', /Tags/],
  ['an empty key', putBody(tag('', 'v')), 'BadRequestException', /Tags\.0\.Key: must have at least 1/],
  ['a long key', putBody(tag('k'.repeat(129), 'v')), 'BadRequestException', /Tags\.0\.Key: must have at most 128/],
  ['a long value', putBody(tag('k', 'v'.repeat(257))), 'BadRequestException', /Tags\.0\.Value: must have at most 256/],
  ['a wrong character', putBody(tag('k', 'v*')), 'BadRequestException', /Tags\.0\.Value: only letters/],
  ['no value', putBody('<member><Key>k</Key></member>'), 'BadRequestException', /Tags\.0\.Value: is required/],
  ['no set', `<PutJobTaggingRequest ${XMLNS}/>`, 'BadRequestException', /Tags: is required/],
  ['no body', '', 'MalformedXML', /empty/],
  ['the body of another call', `<CreateJobRequest ${XMLNS}/>`, 'MalformedXML', /root element must be PutJobTagging/],
])('refuses %s', async (_what, body, code, says) => {
  const answer = await signed('PUT', TARGET, body);
  expect([answer.status, errorCode(answer), message(answer)]).toEqual([400, code, expect.stringMatching(says)]);
  expect(context.gateway.signals).toEqual([]);
});

test('takes 50 tags of the greatest length', async () => {
  const tags = Array.from({ length: 50 }, (_, index) => tag(String(index).padStart(128, 'k'), 'v'.repeat(256)));
  expect((await signed('PUT', TARGET, putBody(...tags))).status).toBe(200);
  expect((await signed('GET', TARGET)).body).toBe(tagsAnswer(...tags));
});

test('knows no job of another account, and no malformed id', async () => {
  addJob(context, 'other-job', '999999999999');
  for (const [method, body] of [['GET'], ['PUT', putBody()], ['DELETE']] as const) {
    expect(errorCode(await signed(method, '/v20180820/jobs/other-job/tagging', body))).toBe('NotFoundException');
    expect(errorCode(await signed(method, '/v20180820/jobs/a%2Fb%2Fc/tagging', body))).toBe('BadRequestException');
  }
});
