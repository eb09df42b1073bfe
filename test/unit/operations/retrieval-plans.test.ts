/** Goal: the plan of a job that retrieves has what an estimate needs. Method: plans of operations and pipelines. */
import type { JobOperation } from '../../../contracts/job';
import { parseOperation } from '../../../operations';

const TARGET = { TargetResource: 'arn:aws:s3:::home' };
const bulk = { S3InitiateRestoreObject: { ExpirationInDays: 1, GlacierJobTier: 'BULK' } };

test.each<[JobOperation, object | undefined]>([
  [bulk, { service: 's3', tier: 'BULK', requestsPerObject: 1, hoursMax: 48 }],
  [
    { S3InitiateRestoreObject: { ExpirationInDays: 1 } },
    // The store's default tier.
    { service: 's3', requestsPerObject: 1, hoursMax: 12 },
  ],
  [
    { GlacierRetrieveArchive: { ...TARGET, GlacierJobTier: 'EXPEDITED' } },
    { service: 'glacier', tier: 'EXPEDITED', requestsPerObject: 1, hoursMax: 5 / 60 },
  ],
  [{ GlacierRetrieveArchive: TARGET }, { service: 'glacier', tier: 'STANDARD', requestsPerObject: 1, hoursMax: 5 }],
  [
    {
      Pipeline: {
        Steps: [
          { S3InitiateRestoreObject: { ...bulk.S3InitiateRestoreObject, WaitUntilRestored: true } },
          { S3PutObjectCopy: TARGET },
        ],
      },
    },
    { service: 's3', tier: 'BULK', requestsPerObject: 1, hoursMax: 48 },
  ],
  [{ S3PutObjectCopy: TARGET }, undefined],
])('%j', (operation, retrieval) => {
  expect(parseOperation(operation).plan.retrieval).toEqual(retrieval);
});
