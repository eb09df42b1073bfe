import { randomUUID } from 'node:crypto';
import { HttpTransport } from '../../storage/http/transport';
import { sha256Hex, Sigv4Signer } from '../../storage/signing/sigv4';
import { type BenchStack, BUCKETS } from '../harness';
import type { Manifest } from '../objects';

const TIMEOUT_MS = 30_000;
const NAMESPACE = 'http://awss3control.amazonaws.com/doc/2018-08-20/';

/**
 * S3 Control on the wire, without the official client: on a machine that clients and servers share, what the clients compute
 * would be measured as the servers' time. Connections are kept alive, one for each request under way.
 */
export class LeanClient {
  private readonly transport = new HttpTransport();
  private readonly signer: Sigv4Signer;

  constructor(private readonly stack: BenchStack) {
    this.signer = new Sigv4Signer(stack.config.region);
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  /** Resolves with the job's id. */
  async createJob(manifest: Manifest, target: string, confirmation: boolean): Promise<string> {
    const role = this.stack.config.roles[0]?.arn ?? '';
    const body = Buffer.from(createJobXml(manifest, target, role, confirmation));
    const answer = await this.call('POST', '/v20180820/jobs', body);
    return required(/<JobId>([^<]+)<\/JobId>/, answer);
  }

  /** Resolves with the job's status. */
  async describeJob(jobId: string): Promise<string> {
    return required(/<Status>([^<]+)<\/Status>/, await this.call('GET', `/v20180820/jobs/${jobId}`, Buffer.alloc(0)));
  }

  private async call(method: string, path: string, body: Buffer): Promise<string> {
    const { config, apiUrl } = this.stack;
    const [account] = config.accounts;
    const key = account?.keys[0];
    if (account === undefined || key === undefined) throw new Error('the configuration has no access key');
    const headers: Record<string, string> = { host: new URL(apiUrl).host, 'x-amz-account-id': account.id };
    this.signer.sign({ method, path, query: '', headers, payloadHash: sha256Hex(body) }, key, Date.now());
    const request = { method, path, headers, body: body.byteLength === 0 ? undefined : body };
    const answer = await this.transport.exchange(apiUrl, request, TIMEOUT_MS, undefined);
    const text = answer.body.toString('utf8');
    if (answer.status !== 200) throw new Error(`${method} ${path} was answered ${String(answer.status)}: ${text}`);
    return text;
  }
}

function createJobXml(manifest: Manifest, target: string, role: string, confirmation: boolean): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?><CreateJobRequest xmlns="${NAMESPACE}">` +
    `<ConfirmationRequired>${String(confirmation)}</ConfirmationRequired>` +
    `<Operation><S3PutObjectCopy><TargetResource>arn:aws:s3:::${target}</TargetResource></S3PutObjectCopy></Operation>` +
    `<Report><Bucket>arn:aws:s3:::${BUCKETS.reports}</Bucket><Format>Report_CSV_20180820</Format>` +
    '<Enabled>true</Enabled><Prefix>bench</Prefix><ReportScope>AllTasks</ReportScope></Report>' +
    `<ClientRequestToken>${randomUUID()}</ClientRequestToken>` +
    '<Manifest><Spec><Format>S3BatchOperations_CSV_20180820</Format>' +
    '<Fields><member>Bucket</member><member>Key</member></Fields></Spec>' +
    `<Location><ObjectArn>arn:aws:s3:::${manifest.bucket}/${manifest.key}</ObjectArn>` +
    `<ETag>${manifest.etag.replaceAll('"', '&quot;')}</ETag></Location></Manifest>` +
    `<Priority>10</Priority><RoleArn>${role}</RoleArn></CreateJobRequest>`
  );
}

function required(pattern: RegExp, text: string): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`no ${pattern.source} in ${text}`);
  return found;
}
