/**
 * Goal: one endpoint serves jobs and Terraform's buckets, a watch lives through a restart of Temporal, and a job that failed says the way out.
 * Method: the API on a fake Temporal, with signed requests and with the command line in process.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { objectAccess } from '../../api/jobs/object-access';
import { run } from '../../cli/run';
import { FAILURES } from '../../contracts/engine/failures';
import { error } from '../support/quirks/quirk';
import { snapshotOf, tally } from '../unit/api/fake-gateway';
import { addJob, CAPTURED_JOB, serveApp, signed } from '../unit/api/s3control/client';
import { USER_VARIABLES } from '../unit/api/test-app';
import { quirkBenches } from './bench/benches';
import { ACCOUNT, ROLE } from './bench/quirk-bench';

const context = serveApp();
const open = quirkBenches();

describe('tags of buckets at the S3 Control endpoint', () => {
  // Terraform's provider goes on without them (hashicorp/terraform-provider-aws#46202).
  test.each(['GET', 'POST', 'DELETE'])('%s is answered with MethodNotAllowed', async (method) => {
    const target = `/v20180820/tags/${encodeURIComponent('arn:aws:s3:::bucket')}`;
    const answer = await signed(method, target, method === 'POST' ? '<TagResourceRequest/>' : '');
    expect(answer.status).toBe(405);
    expect(answer.body).toContain('<Code>MethodNotAllowed</Code>');
  });
});

describe('drover watch', () => {
  let server: Server;
  beforeEach(async () => {
    addJob(context, CAPTURED_JOB);
    server = createServer(context.app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    context.gateway.down = false;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('goes on through a restart of Temporal', async () => {
    context.gateway.set(CAPTURED_JOB, snapshotOf('Active', { totalTasks: 10, tally: tally(1) }));
    let looks = 0;
    const ended = await watch(() => {
      looks += 1;
      context.gateway.down = looks === 1;
      if (looks > 1) context.gateway.end(CAPTURED_JOB, snapshotOf('Complete', { totalTasks: 10, tally: tally(10) }));
    });
    expect(ended).toMatchObject({ code: 0 });
  });

  test('tells the advice for a job that failed', async () => {
    const failureReasons = [{ FailureCode: 'ManifestETagMismatch', FailureReason: 'The manifest is another' }];
    context.gateway.end(CAPTURED_JOB, snapshotOf('Failed', { failureReasons }));
    const { text } = await watch(() => undefined);
    expect(text).toContain(FAILURES.ManifestETagMismatch.advice);
  });

  async function watch(sleep: () => void): Promise<{ readonly code: number; readonly text: string }> {
    const output = new Collected();
    const { port } = server.address() as AddressInfo;
    const code = await run(['watch', CAPTURED_JOB], {
      terminal: { stdout: output, stderr: output },
      stdin: (async function* () {})(),
      env: { ...USER_VARIABLES, DROVER_API_URL: `http://127.0.0.1:${port}` },
      sleep: () => Promise.resolve().then(sleep),
    });
    return { code, text: output.text };
  }
});

describe('a manifest that REST looks up', () => {
  test.each([
    ['in another region', 301, 'PermanentRedirect', /eu-west-3/],
    ['with a wrong version', 400, 'InvalidArgument', /InvalidArgument/],
    ['under SSE-C', 400, 'InvalidRequest', /InvalidRequest/],
  ])('%s is not called missing', async (_what, status, code, words) => {
    const refusal = error(status, code);
    const bench = await open([
      {
        name: 'refused',
        kind: 'E',
        describe: 'The manifest is refused',
        source: 'Error responses, Amazon S3 API Reference',
        promise: 'honest',
        rule:
          () =>
          ({ method }) =>
            Promise.resolve({
              ...refusal,
              headers: { ...refusal.headers, 'x-amz-bucket-region': 'eu-west-3' },
              ...(method === 'HEAD' && { body: Buffer.alloc(0) }),
            }),
      },
    ]);
    const look = objectAccess(bench.stores, { bucket: 'workspace', prefix: 'jobs/' }).resolveEtag(
      ACCOUNT,
      ROLE,
      'arn:aws:s3:::manifests/m.csv',
      undefined,
    );
    const reason = await look.then(String, (thrown: unknown) => thrown as Error);
    expect(reason).not.toMatchObject({ code: 'ManifestNotFound' });
    expect((reason as Error).message).toMatch(words);
  });
});

class Collected extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
