/**
 * Goal: a schedule made of a job does what the job did, on what is there then. Method: requests as REST shows them.
 */
import { templateOf } from '../../../console/pages/job/request';
import { specText } from '../../../console/pages/schedules/spec-text';
import { jobRequest } from '../api/test-app';

test('the template has neither the token nor the version of the manifest that the job had', () => {
  const { ClientRequestToken: _token, ...rest } = jobRequest();
  const template = templateOf(jobRequest() as Parameters<typeof templateOf>[0]);
  expect(template).toEqual({
    ...rest,
    Manifest: { Spec: rest.Manifest.Spec, Location: { ObjectArn: rest.Manifest.Location.ObjectArn } },
  });
});

test('when it is due, in words', () => {
  expect(specText({ Cron: ['0 2 * * *', '0 14 * * *'], TimeZone: 'Europe/Berlin' })).toBe(
    '0 2 * * * and 0 14 * * * (Europe/Berlin)',
  );
  expect(specText({ EverySeconds: 21_600 })).toBe('every 6 h');
});
