/**
 * Goal: what can't go well because of the time is refused when a job or a schedule is created. Method: requests with dates on
 * both sides of now.
 */
import { validateJobRequest, validateJobTemplate, type RequestRules } from '../../../api/validate-request';
import type { JobRequest } from '../../../contracts/job';
import { parseOperation } from '../../../operations/index';
import { ACCOUNT, jobRequest, TEST_ROLE, testRules } from './test-app';

const RULES: RequestRules = {
  checkOperation: parseOperation,
  config: { ...testRules, roles: [{ ...TEST_ROLE, accounts: [ACCOUNT] }] },
};

function retainUntil(time: number): JobRequest['Operation'] {
  return {
    S3PutObjectRetention: { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(time).toISOString() } },
  };
}

function job(time: number): void {
  validateJobRequest(jobRequest({ Operation: retainUntil(time) }), ACCOUNT, RULES);
}

function schedule(time: number): void {
  const { ClientRequestToken: _token, ...template } = jobRequest({ Operation: retainUntil(time) });
  validateJobTemplate(template, ACCOUNT, RULES);
}

test.each([
  ['a job', job],
  ['a schedule', schedule],
] as const)('%s can not retain objects until a date that is past', (_what, create) => {
  expect(() => {
    create(Date.now() + 60_000);
  }).not.toThrow();
  expect(() => {
    create(Date.now() - 1);
  }).toThrow(
    expect.objectContaining({
      code: 'BadRequestException',
      message: expect.stringMatching(
        /^Operation\.S3PutObjectRetention\.Retention\.RetainUntilDate: .* is past/,
      ) as string,
    }) as Error,
  );
});
