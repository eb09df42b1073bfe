/**
 * Goal: members that AWS may add are passed over with a line in the log, as AWS does, and nothing that Drover would act on can be
 * lost that way. Method: an unknown element in every structure of the model, and misspelt members of Drover's own.
 */
import { PutJobTaggingRequest$ } from '@aws-sdk/client-s3-control';
import { NormalizedSchema } from '@smithy/core/schema';
import { CREATE_JOB_REQUEST } from '../../../../api/s3control/wire/schemas';
import { resembles } from '../../../../api/s3control/wire/unknown-elements';
import { readRequestBody } from '../../../../api/s3control/wire/xml';
import type { JobRequest } from '../../../../contracts/job';
import { OPERATIONS } from '../../../../operations';
import { jobRequest } from '../test-app';
import { addJob, CAPTURED_JOB, errorCode, message, serveApp, signed } from './client';
import { render } from './wire-rendering';

const context = serveApp();
const FUTURE = '<Colour><Shade/><Shade>red</Shade></Colour>';

function bodyOf(Operation: JobRequest['Operation'] = { S3DeleteObjectTagging: {} }): string {
  return render(CREATE_JOB_REQUEST, { ...jobRequest(), Operation });
}

const EVERYTHING = bodyOf({ S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } });

test.each([
  ['CreateJobRequest', 'Colour'],
  ['Manifest', 'Manifest.Colour'],
  ['Spec', 'Manifest.Spec.Colour'],
  ['Location', 'Manifest.Location.Colour'],
  ['Report', 'Report.Colour'],
  ['S3PutObjectTagging', 'Operation.S3PutObjectTagging.Colour'],
  ['member><Key', 'Operation.S3PutObjectTagging.TagSet.0.Colour'],
])('within <%s>: passed over, and told in the log', async (element, place) => {
  const known = await signed('POST', '/v20180820/jobs', EVERYTHING);
  const at = EVERYTHING.indexOf(`<${element}`) + EVERYTHING.slice(EVERYTHING.indexOf(`<${element}`)).indexOf('>') + 1;
  const body = EVERYTHING.slice(0, at) + FUTURE + FUTURE + EVERYTHING.slice(at);
  const answer = await signed('POST', '/v20180820/jobs', body);
  // The same job: for the digest of the request it does not exist.
  expect([answer.status, answer.body]).toEqual([200, known.body]);
  const told = context.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told).toEqual([expect.objectContaining({ level: 'warn', call: 'CreateJob', ignored: [place] })]);
});

/** Every operation of AWS's, with an unknown element in its parameters. */
test.each(OPERATIONS.map(({ name, examples }) => [name, examples[0]!.parameters] as const))(
  'in the parameters of %s: passed over where they are AWS’s, refused where they are Drover’s',
  (name, parameters) => {
    const body = bodyOf({ [name]: parameters });
    const inner = body.replace(new RegExp(`<${name} ?(/>|>)`), (_all, end: string) =>
      end === '/>' ? `<${name}>${FUTURE}</${name}>` : `<${name}>${FUTURE}`,
    );
    expect(inner).not.toBe(body);
    const ignored: string[] = [];
    const read = (): unknown => readRequestBody(CREATE_JOB_REQUEST, Buffer.from(inner), (place) => ignored.push(place));
    const known = [...NormalizedSchema.of(CREATE_JOB_REQUEST).structIterator()];
    const operation = known.find(([member]) => member === 'Operation')![1].getMemberSchema(name);
    if (operation.getName(true)?.startsWith('drover#') === true) {
      expect(read).toThrow(`Operation.${name} has no element Colour`);
    } else {
      expect(read()).toEqual(readRequestBody(CREATE_JOB_REQUEST, Buffer.from(body)));
      expect(ignored).toEqual([`Operation.${name}.Colour`]);
    }
  },
);

test('in PutJobTagging', async () => {
  addJob(context, CAPTURED_JOB);
  const body = render(PutJobTaggingRequest$, { Tags: [{ Key: 'k', Value: 'v' }] }).replace('<Key>', `${FUTURE}<Key>`);
  expect((await signed('PUT', `/v20180820/jobs/${CAPTURED_JOB}/tagging`, body)).status).toBe(200);
  expect(context.logged).toEqual([expect.stringContaining('"Tags.0.Colour"')]);
});

describe('refused by name, for it would be missed', () => {
  const tags = '<S3DeleteObjectTagging/>';
  const copy = '<TargetResource>arn:aws:s3:::b</TargetResource>';

  test.each([
    [`${tags}<Whne><OlderThanDays>1</OlderThanDays></Whne>`, /Operation has no element Whne/],
    [`${tags}<Condition><OlderThanDays>1</OlderThanDays></Condition>`, /Operation has no element Condition/],
    [`<S3DeleteObject/><When><OlderThanDay>1</OlderThanDay></When>`, /When has no element OlderThanDay/],
    [`<S3DeleteObject><AllVersion>true</AllVersion></S3DeleteObject>`, /S3DeleteObject has no element AllVersion/],
    [`<S3PutObjectCopy>${copy}<ReplacePrefx/></S3PutObjectCopy>`, /S3PutObjectCopy has no element ReplacePrefx/],
    [`<S3PutObjectCopy>${copy}<targetKey>x</targetKey></S3PutObjectCopy>`, /S3PutObjectCopy has no element targetKey/],
    [
      `<Pipeline><Steps><member><S3PutObjectTagging><TagSet/><Colour/></S3PutObjectTagging></member></Steps></Pipeline>`,
      /Steps\.0\.S3PutObjectTagging has no element Colour/,
    ],
    // An item of another name would leave an empty set, which removes all tags.
    ['<S3PutObjectTagging><TagSet><Tag/></TagSet></S3PutObjectTagging>', /TagSet has no element Tag/],
    ['<S3FrobnicateObject/>', /Operation has no element S3FrobnicateObject/],
  ])('%.110s', async (operation, says) => {
    const body = bodyOf().replace(/<Operation>.*<\/Operation>/, `<Operation>${operation}</Operation>`);
    const answer = await signed('POST', '/v20180820/jobs', body);
    expect([errorCode(answer), message(answer)]).toEqual(['MalformedXML', expect.stringMatching(says)]);
    expect(context.gateway.inputs).toEqual([]);
  });

  test.each(['Limits', 'NotificationUrl', 'Limit'])('%s, which REST’s requests have', async (name) => {
    const body = bodyOf().replace('</CreateJobRequest>', `<${name}/></CreateJobRequest>`);
    const answer = await signed('POST', '/v20180820/jobs', body);
    expect(message(answer)).toContain(`CreateJobRequest has no element ${name}`);
  });
});

test.each([
  ['When', 'Whne', true],
  ['When', 'when', true],
  ['When', 'Wehn', true],
  ['When', 'Where', false],
  ['Preserve', 'Perserv', true],
  ['Preserve', 'Storage', false],
  ['TargetKey', 'TargetKye', true],
  ['TargetKey', 'TargetKeyPrefix', false],
])('%s may be meant by %s: %s', (name, given, expected) => {
  expect(resembles(given, name)).toBe(expected);
});
