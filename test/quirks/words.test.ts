/**
 * Goal: what went wrong is said as it is, and what a handler leaves out is no success. Method: manifests and reports before stores that refuse
 * them as AWS does, and groups of tasks before a handler that looks at the first one only.
 */
import { FAILURES } from '../../contracts/engine/failures';
import { answer, type FunctionRequest } from '../support/memory-store/functions';
import type { Quirk } from '../support/quirks';
import { error } from '../support/quirks/quirk';
import { quirkBenches } from './bench/benches';
import { type QuirkBench, rowOf, SOURCE } from './bench/quirk-bench';
import { runJob } from './bench/quirk-job';

const open = quirkBenches();
const DELETE = { operation: { S3DeleteObject: {} }, manifest: `${SOURCE},a\n` };

describe('a job that can’t read or write', () => {
  const refuses = (bucket: string, status: number, code: string, headers: Record<string, string> = {}): Quirk => ({
    name: `${bucket}-refused`,
    kind: 'E',
    describe: `All of ${bucket} is refused`,
    source: 'Error responses, Amazon S3 API Reference',
    promise: 'honest',
    rule: () => (request) => {
      if (!request.path.startsWith(`/${bucket}/`) && request.path !== `/${bucket}`) return undefined;
      const refusal = error(status, code);
      return Promise.resolve({
        ...refusal,
        headers: { ...refusal.headers, ...headers },
        ...(request.method === 'HEAD' && { body: Buffer.alloc(0) }),
      });
    },
  });

  test.each([
    ['manifests', 'manifests', /manifests.*eu-west-3|eu-west-3.*manifests/],
    ['reports', 'reports', /reports.*eu-west-3|eu-west-3.*reports/],
  ])('%s in another region: bucket and region', async (bucket, _what, words) => {
    const region = { 'x-amz-bucket-region': 'eu-west-3' };
    const bench = await open([refuses(bucket, 301, 'PermanentRedirect', region)]);
    bench.here.seed(SOURCE, 'a');
    const { failure } = await runJob(bench, DELETE);
    expect(failure?.message).toMatch(words);
    expect(adviceOf(failure)).not.toMatch(/defect/);
  });

  test.each([
    ['a wrong version', 400, 'InvalidArgument'],
    ['a manifest under SSE-C', 400, 'InvalidRequest'],
  ])('%s: no defect of Drover', async (_what, status, code) => {
    const bench = await open([refuses('manifests', status, code)]);
    bench.here.seed(SOURCE, 'a');
    const { failure } = await runJob(bench, DELETE);
    expect(failure?.message).toContain('manifests/manifest.csv');
    expect(adviceOf(failure)).not.toMatch(/defect/);
  });
});

describe.each([
  ['LambdaInvoke', { FunctionArn: 'f', InvocationSchemaVersion: '2.0', TasksPerInvocation: 100 }],
  ['HttpInvoke', { Url: 'https://handlers.example.org/h', TasksPerInvocation: 100 }],
])('%s of a hundred tasks', (name, parameters) => {
  const element = { [name]: parameters };
  const tasks = Array.from({ length: 100 }, (_, index) => rowOf(`object-${index}`, SOURCE, index));

  test('with a handler that looks at the first one only', async () => {
    const bench = await open([]);
    handle(bench, ({ tasks: [first] }) => ({
      treatMissingKeysAs: 'Succeeded',
      results: [{ taskId: first?.taskId, resultCode: 'Succeeded', resultString: 'ok' }],
    }));
    const outcomes = await bench.performGroup(element, tasks);
    // Each failed task may have been asked for alone: then it is done.
    const asked = new Set(requests(bench).map(({ tasks: [first] }) => first?.taskId));
    expect(outcomes.filter(({ status }) => status === 'succeeded').length).toBeLessThanOrEqual(asked.size);
  });

  test('with one resultString that is a number: only that task fails', async () => {
    const bench = await open([]);
    handle(bench, ({ tasks: all }) => ({
      treatMissingKeysAs: 'PermanentFailure',
      results: all.map(({ taskId, s3Key }) => ({
        taskId,
        resultCode: 'Succeeded',
        resultString: s3Key === 'object-7' ? 42 : 'ok',
      })),
    }));
    const outcomes = await bench.performGroup(element, tasks);
    const failed = outcomes.flatMap(({ status }, index) => (status === 'failed' ? [index] : []));
    expect(failed).toEqual([7]);
  });
});

function requests({ functions, webhooks }: QuirkBench): readonly FunctionRequest[] {
  return [...functions.requests, ...webhooks.requests];
}

function handle(bench: QuirkBench, payload: (request: FunctionRequest) => object): void {
  const { invocationSchemaVersion, invocationId } = { invocationSchemaVersion: '2.0', invocationId: 'i' };
  bench.functions.handler = (request) => answer({ invocationSchemaVersion, invocationId, ...payload(request) });
  bench.webhooks.handler = (request) => {
    const body = { invocationSchemaVersion, invocationId, ...payload(request) };
    return { httpStatus: 200, body: JSON.stringify(body) };
  };
}

function adviceOf(failure: { readonly code: string } | undefined): string {
  return FAILURES[failure?.code as keyof typeof FAILURES]?.advice ?? '';
}
