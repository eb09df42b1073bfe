/**
 * Goal: as with AWS, a date that has passed is no reason to refuse a job or a schedule: samples have such dates, and their rows
 * fail. Method: requests with dates on both sides of now.
 */
import { type RequestRules, validateJobRequest, validateJobTemplate } from '../../../../api/requests/validate-request';
import type { JobRequest } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import { ACCOUNT, jobRequest, TEST_ROLE, testRules } from '../test-app';

const RULES: RequestRules = {
  parseOperation,
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
] as const)('%s may retain objects until a date that is past', (_what, create) => {
  for (const time of [Date.now() + 60_000, Date.now() - 1, Date.parse('2020-01-01T00:00:00Z')]) {
    expect(() => {
      create(time);
    }).not.toThrow();
  }
});
