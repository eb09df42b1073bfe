import { DroverError } from '../../../contracts/engine/failures';
import { checkFormerJob } from '../../jobs/former-job';
import { withPresentEtag } from '../../requests/present-etag';
import { previewBody } from '../../requests/schemas';
import { validatePreview } from '../../requests/validate-request';
import { defineRoute } from '../route';
import { type JobRouteDeps, SOURCE_REFUSALS } from './deps';

export function previewSourceRoute({ service, rules, objects, previews }: JobRouteDeps) {
  return defineRoute({
    method: 'post',
    path: '/sources/preview',
    operationId: 'previewSource',
    tag: 'jobs',
    summary: 'Read a source: first rows, number of objects and bytes',
    description: 'A source with its filter, as in a job request. No job is created.',
    schemas: { body: previewBody },
    status: 200,
    stream: {
      contentType: 'application/x-ndjson',
      description:
        'One JSON object in each line: progress, rows, restart (former rows do not count), and last totals or error. An answer without these has broken off.',
    },
    errors: ['TooManyRequestsException', 'NotImplemented', ...SOURCE_REFUSALS],
    handle: async ({ account, body }) => {
      if (previews === undefined) throw new DroverError('NotImplemented', 'This API reads no store');
      const given = await validatePreview(body, account, rules);
      await checkFormerJob(given, account, service);
      const request = await withPresentEtag(given, account, objects);
      return { stream: previews.open(account, request) };
    },
  });
}
