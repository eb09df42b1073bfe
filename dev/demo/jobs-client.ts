import { S3ControlClient } from '@aws-sdk/client-s3-control';
import type { Stack } from '../stack';

/** AWS's own client. The endpoint rules would put the account into the host name, which an address by number can't carry. */
export function jobsClient(stack: Pick<Stack, 'config' | 'apiUrl'>): S3ControlClient {
  const key = stack.config.accounts[0]?.keys[0];
  if (key === undefined) throw new Error('the configuration has no access key');
  return new S3ControlClient({
    region: stack.config.region,
    credentials: key,
    disableHostPrefix: true,
    endpointProvider: () => ({ url: new URL(stack.apiUrl) }),
  });
}
