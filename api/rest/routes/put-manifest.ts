import { z } from 'zod';
import { DroverError } from '../../../contracts/engine/failures';
import { LIMITS } from '../../../contracts/limits';
import { defineRoute } from '../route';
import { uploadedManifestAnswer } from '../schemas';
import { type JobRouteDeps, STORE_REFUSALS } from './deps';

const query = z.strictObject({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 lower-case hexadecimal digits')
    .optional()
    .describe('SHA-256 of the body in hexadecimal: it is checked, and the same content is stored once'),
});

export function putManifestRoute({ uploads }: JobRouteDeps) {
  return defineRoute({
    method: 'put',
    path: '/manifests',
    operationId: 'putManifest',
    tag: 'jobs',
    summary: 'Send a manifest, for jobs of the same account',
    description:
      'For Manifest.Location, or Source.Manifests.Locations, of a job or template. It lies in the workspace, is read without a role, and stays there.',
    schemas: { query, answer: uploadedManifestAnswer },
    upload: {
      contentType: 'text/csv',
      description: 'CSV, plain or compressed with gzip',
      bytesMax: LIMITS.upload.bytesMax,
    },
    status: 201,
    errors: ['NotImplemented', 'WorkspaceNotWritable', 'TooManyRequestsException', ...STORE_REFUSALS],
    handle: async ({ account, query: { sha256 }, upload }) => {
      if (uploads === undefined) throw new DroverError('NotImplemented', 'This API reaches no store');
      return { body: await uploads.put(account, upload, sha256) };
    },
  });
}
