/**
 * Goal: every request that the official clients were seen to send is answered as the contract says. Method: all captured
 * requests, byte for byte with their own signatures, over a socket, with the clock set to their date.
 */
import { routeCall } from '../../../../api/s3control/route';
import { snapshotOf } from '../fake-gateway';
import { ACCOUNT } from '../test-app';
import { addJob, DECLARATION, errorCode, message, replay, serveApp, XMLNS } from './client';
import { captured, capturedNames } from './wire-fixture';

const context = serveApp();

/** By what the name begins or ends with: the code of the refusal and its words, or the root of the answer. */
const ANSWERS: readonly (readonly [name: RegExp, answer: string, says?: RegExp])[] = [
  [/bad-account/, 'BadRequestException', /x-amz-account-id: must be twelve digits/],
  [/create-?job/, 'CreateJobResult'],
  [/delete-?job-?tagging/, 'DeleteJobTaggingResult'],
  [/get-?job-?tagging/, 'GetJobTaggingResult'],
  [/put-?job-?tagging/, 'PutJobTaggingResult'],
  [/describe-?job/, 'DescribeJobResult'],
  [/list-?jobs-empty|before-call-hook|endpointprovider/, 'ListJobsResult'],
  // Its token is invented.
  [/list-?jobs/, 'InvalidNextTokenException', /nextToken/],
  [/update-?job-?priority/, 'UpdateJobPriorityResult'],
  [/update-?job-?status|snow|proxy/, 'UpdateJobStatusResult'],
];

test.each(capturedNames())('%s', async (name) => {
  const [, expected, says] = ANSWERS.find(([pattern]) => pattern.test(name)) ?? [];
  expect(expected).toBeDefined();
  const { target } = captured(name);
  const id = /\/jobs\/([^/?]+)/.exec(target)?.[1];
  const status = target.includes('Status=Ready') ? 'Suspended' : 'Active';
  if (id !== undefined) addJob(context, id, ACCOUNT, snapshotOf(status));
  const answer = await replay(name);
  if (says !== undefined) {
    expect([answer.status, errorCode(answer), message(answer)]).toEqual([400, expected, expect.stringMatching(says)]);
    return;
  }
  expect(answer.status).toBe(200);
  expect(answer.body.startsWith(`${DECLARATION}<${expected ?? ''} ${XMLNS}`)).toBe(true);
});

test.each(['boto3', 'cli', 'js'])('%s was seen in all eight calls', (client) => {
  const calls = capturedNames()
    .filter((name) => name.startsWith(client))
    .map((name) => captured(name))
    .map(({ method, target }) => routeCall(method, new URL(target, 'http://host').pathname).name);
  expect(new Set(calls).size).toBe(8);
});
