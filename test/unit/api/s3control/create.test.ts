/**
 * Goal: CreateJob takes what the official clients send for what they mean, and refuses everything else in their language.
 * Method: captured requests replayed byte for byte against the app on a fake Temporal; altered documents signed here.
 */
import { jobIdFor } from '../../../../api/jobs/job-identity';
import { ACCOUNT } from '../test-app';
import { DECLARATION, errorCode, message, replay, send, serveApp, signed, signedRequest, XMLNS } from './client';

const context = serveApp();
const COPY_JOB = jobIdFor(ACCOUNT, 'tok-1');
function createBody(inner: string): string {
  return `<CreateJobRequest ${XMLNS}>${inner}</CreateJobRequest>`;
}

const MANIFEST =
  '<Manifest><Spec><Format>S3BatchOperations_CSV_20180820</Format><Fields><member>Bucket</member><member>Key</member></Fields></Spec>' +
  '<Location><ObjectArn>arn:aws:s3:::man/m.csv</ObjectArn><ETag>e</ETag></Location></Manifest>';
const REST =
  `<Report><Enabled>false</Enabled></Report><ClientRequestToken>t</ClientRequestToken>${MANIFEST}<Priority>1</Priority>` +
  '<RoleArn>arn:aws:iam::123456789012:role/r</RoleArn>';
const DELETE_TAGS = '<Operation><S3DeleteObjectTagging/></Operation>';

describe('CreateJob', () => {
  test.each(['boto3-create-job-copy', 'js-createjob-copy'])('%s becomes the same request', async (name) => {
    const answer = await replay(name);
    expect(answer.body).toBe(`${DECLARATION}<CreateJobResult ${XMLNS}><JobId>${COPY_JOB}</JobId></CreateJobResult>`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/xml/);
    expect(answer.headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
    const input = context.gateway.inputs[0];
    expect(input).toMatchObject({ jobId: COPY_JOB, account: ACCOUNT, region: 'us-east-1' });
    expect(input?.workspace).toEqual({ bucket: 'workspace', prefix: `drover/jobs/${COPY_JOB}/` });
    expect(input?.plan.operation).toBe('S3PutObjectCopy');
    expect(input?.request).toMatchObject({
      ConfirmationRequired: false,
      Description: 'job <Description>',
      Priority: 42,
      Tags: [{ Key: 'a', Value: 'b' }],
      Operation: {
        S3PutObjectCopy: {
          ModifiedSinceConstraint: '2026-01-01T00:00:00.000Z',
          UnModifiedSinceConstraint: '2026-10-01T12:34:56.789Z',
          NewObjectMetadata: { UserMetadata: { a: '1', b: '2 <&>' } },
          NewObjectTagging: [
            { Key: 't1', Value: 'v1' },
            { Key: 't2', Value: '' },
          ],
          RequesterPays: true,
        },
      },
    });
  });

  test.each([
    'cli-create-job-s3deleteobjecttagging',
    'cli-create-job-s3putobjecttagging',
    'cli-create-job-s3initiaterestoreobject',
    'js-createjob-tag',
    'js-createjob-lambda',
  ])('%s is accepted', async (name) => {
    expect(await replay(name)).toMatchObject({ status: 200, body: expect.stringContaining('<JobId>') as string });
  });

  test('answers a repeated request with the same job, and a reused token with IdempotencyException', async () => {
    const first = await replay('boto3-create-job-copy');
    expect((await replay('boto3-create-job-copy')).body).toBe(first.body);
    expect(context.gateway.inputs).toHaveLength(1);
    const other = await signed('POST', '/v20180820/jobs', createBody(DELETE_TAGS + REST.replace('>t<', '>tok-1<')));
    expect(other.status).toBe(400);
    expect(errorCode(other)).toBe('IdempotencyException');
  });

  test('starts one job for requests that race', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => replay('boto3-create-job-copy')));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(context.gateway.inputs).toHaveLength(1);
  });

  test('takes an absent ConfirmationRequired for true', async () => {
    await signed('POST', '/v20180820/jobs', createBody(DELETE_TAGS + REST));
    expect(context.gateway.inputs[0]?.request.ConfirmationRequired).toBe(true);
  });

  test('reads items named by their type, prefixes, and characters beyond U+FFFF', async () => {
    const operation =
      '<Operation><S3PutObjectTagging><TagSet><S3Tag><Key>k</Key><Value/></S3Tag></TagSet></S3PutObjectTagging></Operation>';
    const inner = `${operation}${REST}<Description>a&#x1F600;b</Description>`;
    const prefixed = createBody(inner)
      .replace('xmlns=', 'xmlns:q=')
      .replaceAll(/<(\/?)(\w)/g, '<$1q:$2');
    expect(await signed('POST', '/v20180820/jobs', prefixed)).toMatchObject({ status: 200 });
    expect(context.gateway.inputs[0]?.request).toMatchObject({
      Description: 'a\u{1F600}b',
      Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: '' }] } },
    });
  });

  test('reads line breaks as XML does, and keeps those that are referred to', async () => {
    const description = '<Description>a\r\nb\rc&#13;\td</Description>';
    await signed('POST', '/v20180820/jobs', createBody(DELETE_TAGS + REST + description));
    expect(context.gateway.inputs[0]?.request.Description).toBe('a\nb\nc\r\td');
  });

  test.each([
    'text/plain',
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'nonsense',
    '',
  ])('takes a document for one, whatever its content type: %s', async (type) => {
    const request = signedRequest('POST', '/v20180820/jobs', Buffer.from(createBody(DELETE_TAGS + REST)));
    const answer = await send({ ...request, rawHeaders: [...request.rawHeaders, 'Content-Type', type] });
    expect(answer.status).toBe(200);
  });

  test('takes a body in chunks', async () => {
    const body = createBody(DELETE_TAGS + REST);
    const { rawHeaders, ...request } = signedRequest('POST', '/v20180820/jobs', Buffer.from(body));
    const half = body.length >> 1;
    const chunks = [body.slice(0, half), body.slice(half), ''].map(
      (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
    );
    const headers = [...rawHeaders, 'Transfer-Encoding', 'chunked'];
    const answer = await send({ ...request, rawHeaders: headers, body: Buffer.from(chunks.join('')) });
    expect(answer.status).toBe(200);
  });

  test.each<[string, string, string, RegExp]>([
    ['an empty body', '', 'MalformedXML', /empty/],
    ['no XML', 'hello', 'MalformedXML', /root element/],
    ['another root', '<Foo/>', 'MalformedXML', /CreateJobRequest/],
    ['a mismatched tag', '<CreateJobRequest><a></CreateJobRequest>', 'MalformedXML', /well-formed/],
    [
      'a document type',
      `<!DOCTYPE x [<!ENTITY a "b">]>${createBody(DELETE_TAGS + REST)}`,
      'MalformedXML',
      /document type/,
    ],
    ['an unknown entity', createBody(`<Description>&a;</Description>${DELETE_TAGS}${REST}`), 'MalformedXML', /entity/],
    ['a second document', `${createBody(DELETE_TAGS + REST)}<x/>`, 'MalformedXML', /nothing may follow/],
    [
      'a priority of letters',
      createBody(DELETE_TAGS + REST.replace('>1<', '>abc<')),
      'BadRequestException',
      /Priority: must be a whole number/,
    ],
    [
      'a truth of letters',
      createBody(DELETE_TAGS + REST.replace('false', 'maybe')),
      'BadRequestException',
      /Report\.Enabled: must be true or false/,
    ],
    [
      'a repeated element',
      createBody(`${DELETE_TAGS}${REST}<Priority>2</Priority>`),
      'MalformedXML',
      /Priority is given more than once/,
    ],
    ['very deep nesting', createBody('<a>'.repeat(100_000)), 'MalformedXML', /well-formed/],
    ['no operation', createBody(REST), 'BadRequestException', /Operation: is required/],
    [
      'two operations',
      createBody(`<Operation><S3DeleteObjectTagging/><S3ReplicateObject/></Operation>${REST}`),
      'BadRequestException',
      /exactly one/,
    ],
    [
      'no manifest',
      createBody(DELETE_TAGS + REST.replace(MANIFEST, '')),
      'BadRequestException',
      /Manifest: is required/,
    ],
    ...['KeyEncoding', 'EmptyVersionId', 'DeleteMarkers', 'keyencoding'].map(
      (member) =>
        [
          `${member}, which REST has`,
          createBody(DELETE_TAGS + REST.replace('</Fields>', `</Fields><${member}>Raw</${member}>`)),
          'MalformedXML',
          new RegExp(`Spec has no element ${member}`),
        ] as [string, string, string, RegExp],
    ),
    ...['Source', 'Filter', 'Filters'].map(
      (member) =>
        [
          `${member}, which REST has`,
          createBody(`${DELETE_TAGS}${REST}<${member}><Prefixes/></${member}>`),
          'MalformedXML',
          new RegExp(`has no element ${member}`),
        ] as [string, string, string, RegExp],
    ),
    [
      'an inventory with columns',
      createBody(DELETE_TAGS + REST.replace('S3BatchOperations_CSV_20180820', 'S3InventoryReport_CSV_20161130')),
      'BadRequestException',
      /Manifest\.Spec\.Fields: is for the format S3BatchOperations_CSV_20180820 only/,
    ],
    [
      'a manifest without Key',
      createBody(DELETE_TAGS + REST.replace('<member>Key</member>', '')),
      'BadRequestException',
      /Fields.*Key/,
    ],
    [
      'an enabled report without bucket',
      createBody(DELETE_TAGS + REST.replace('false', 'true')),
      'BadRequestException',
      /Report\.Bucket: is required/,
    ],
    [
      'a storage class that AWS has not',
      createBody(
        `<Operation><S3PutObjectCopy><TargetResource>arn:aws:s3:::t</TargetResource><StorageClass>COLD</StorageClass></S3PutObjectCopy></Operation>${REST}`,
      ),
      'BadRequestException',
      /StorageClass: must be one of .*GLACIER/,
    ],
    [
      'a priority too high',
      createBody(DELETE_TAGS + REST.replace('>1<', '>2147483648<')),
      'BadRequestException',
      /Priority/,
    ],
    [
      'a role that is not mapped',
      createBody(DELETE_TAGS + REST.replace('role/r', 'role/x')),
      'RoleNotConfigured',
      /role\/x/,
    ],
    [
      'a report bucket of another account',
      createBody(
        DELETE_TAGS + REST.replace('</Enabled>', '</Enabled><ExpectedBucketOwner>999999999999</ExpectedBucketOwner>'),
      ),
      'BadRequestException',
      /ExpectedBucketOwner.*999999999999/,
    ],
    [
      '51 tags',
      createBody(`${DELETE_TAGS}${REST}<Tags>${'<member><Key>k</Key><Value/></member>'.repeat(51)}</Tags>`),
      'BadRequestException',
      /50 tags/,
    ],
    [
      'a token too long',
      createBody(DELETE_TAGS + REST.replace('>t<', `>${'t'.repeat(65)}<`)),
      'BadRequestException',
      /ClientRequestToken/,
    ],
  ])('refuses %s', async (_what, body, code, says) => {
    const answer = await signed('POST', '/v20180820/jobs', body);
    expect([errorCode(answer), message(answer)]).toEqual([code, expect.stringMatching(says)]);
    expect(answer.status).toBe(400);
    expect(context.gateway.inputs).toHaveLength(0);
  });

  test('takes members that the service model has had since the release of the SDK', async () => {
    expect((await replay('boto3-create-job-new-fields-2026')).status).toBe(200);
    expect(context.gateway.inputs[0]?.request.Operation).toMatchObject({
      S3PutObjectCopy: {
        AnnotationDirective: 'EXCLUDE',
        ObjectLockEventHold: 'ON',
        ObjectLockEventHoldDuration: { Days: 3 },
      },
    });
  });

  test('refuses a body that is too large', async () => {
    const answer = await signed(
      'POST',
      '/v20180820/jobs',
      createBody(`<Description>${'x'.repeat(2_100_000)}</Description>`),
    );
    expect(errorCode(answer)).toBe('EntityTooLarge');
  });
});
