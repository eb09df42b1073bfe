import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { type TestApp, testApp } from '../test-app';

export interface ServedApp {
  readonly app: TestApp;
  readonly client: S3ControlClient;
  close(): Promise<void>;
}

/** The API app on a port, with AWS's own client before it. */
export async function serveWithAwsClient(): Promise<ServedApp> {
  const app = testApp({ now: Date.now });
  const server = createServer(app.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new S3ControlClient({
    region: 'snow',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secretsecret' },
    maxAttempts: 1,
  });
  return {
    app,
    client,
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
