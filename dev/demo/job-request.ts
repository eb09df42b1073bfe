import { randomUUID } from 'node:crypto';
import { CreateJobCommand, type S3ControlClient } from '@aws-sdk/client-s3-control';
import type { Config } from '../../config/config';
import { DEMO_BUCKETS, type DemoManifest } from './objects';

/** Creates the copy job; resolves with its id. */
export async function createCopyJob(client: S3ControlClient, config: Config, manifest: DemoManifest): Promise<string> {
  const { JobId } = await client.send(
    new CreateJobCommand({
      AccountId: config.accounts[0]?.id,
      ClientRequestToken: randomUUID(),
      ConfirmationRequired: false,
      Description: 'demo: copy 10,000 objects',
      Priority: 10,
      RoleArn: config.roles[0]?.arn,
      Operation: { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${DEMO_BUCKETS.target}` } },
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: { ObjectArn: `arn:aws:s3:::${manifest.bucket}/${manifest.key}`, ETag: manifest.etag },
      },
      Report: {
        Enabled: true,
        Bucket: `arn:aws:s3:::${DEMO_BUCKETS.reports}`,
        Prefix: 'demo',
        Format: 'Report_CSV_20180820',
        ReportScope: 'AllTasks',
      },
    }),
  );
  if (JobId === undefined) throw new Error('CreateJob answered without a job id');
  return JobId;
}
