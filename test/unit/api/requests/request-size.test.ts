/**
 * Goal: no request is so large that it weighs on lists, histories and workers, and every request that somebody needs passes.
 * Method: checked requests and templates on both sides of the bound.
 */
import { validateJobRequest, validateJobTemplate } from '../../../../api/requests/validate-request';
import type { JobRequest } from '../../../../contracts/job';
import { LIMITS } from '../../../../contracts/limits';
import { parseOperation } from '../../../../operations';
import { ACCOUNT, jobRequest, testRules } from '../test-app';

const rules = { parseOperation, config: testRules };

/** A copy with metadata of so many bytes, far more than S3 lets an object have. */
function bulky(bytes: number): JobRequest['Operation'] {
  const entries = Array.from({ length: Math.ceil(bytes / 1_000) }, (_, index) => [`k${index}`, 'v'.repeat(1_000)]);
  const UserMetadata = Object.fromEntries(entries) as Record<string, string>;
  return { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target', NewObjectMetadata: { UserMetadata } } };
}

test('tags of the longest kind and a long description pass', () => {
  const Tags = Array.from({ length: LIMITS.job.tagsMax }, (_, index) => ({
    Key: `${index}`.padStart(128, '文'),
    Value: '文'.repeat(256),
  }));
  const request = jobRequest({ Tags, Description: '文'.repeat(256) });
  expect(validateJobRequest(request, ACCOUNT, rules).request).toEqual(request);
});

test('a request above the bound is refused, with its size', () => {
  const refused = expect.objectContaining({ code: 'EntityTooLarge', message: expect.stringMatching(/\d+ bytes/) });
  const request = jobRequest({ Operation: bulky(LIMITS.job.requestBytesMax) });
  expect(() => validateJobRequest(request, ACCOUNT, rules)).toThrow(refused);
  const { ClientRequestToken: _token, ...template } = request;
  expect(() => validateJobTemplate(template, ACCOUNT, rules)).toThrow(refused);
});
