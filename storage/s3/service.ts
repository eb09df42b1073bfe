import { S3Client } from '@aws-sdk/client-s3';
import type { AwsService } from '../aws/service';
import { readErrorAnswer } from './error-answer';

export const S3: AwsService = {
  signingName: 's3',
  sdkClient: (settings) => new S3Client(settings),
  readError: readErrorAnswer,
  authorityAdvice: 'set caFile of this store to the certificate of its authority',
};
