/** S3Store and the AWS SDK's whole client before the same HTTP server, and the comparison of what they send. */
import { createHash } from 'node:crypto';
import * as commands from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { LIMITS } from '../../../../contracts/limits';
import type { ProfileSettings } from '../../../../contracts/store-profile';
import { AwsClient } from '../../../../storage/aws/client';
import { RequestSerializer } from '../../../../storage/aws/request-serializer';
import { BucketLimits } from '../../../../storage/http/adaptive-limit';
import { HttpTransport } from '../../../../storage/http/transport';
import type { ObjectStore } from '../../../../storage/object-store';
import { Knowledge } from '../../../../storage/profile/knowledge';
import { StoreEndpoint } from '../../../../storage/s3/endpoint';
import { S3 } from '../../../../storage/s3/service';
import { S3Store } from '../../../../storage/s3/store';
import { type HttpStoreStub, type SeenRequest, startHttpStoreStub } from '../../../support/servers/http-store-stub';
import { NodeSha256 } from '../node-sha256';

const IDENTITY = { accessKeyId: 'drover', secretAccessKey: 'drover-secret', sessionToken: 'temporary/token==' };
const REGION = 'eu-west-1';
/** An MD5: any other is looked at twice (`openAsStored`). */
export const ETAG = '"d41d8cd98f00b204e9800998ecf8427e"';
/** Between the dates of conditions. */
const LAST_MODIFIED = new Date(Date.UTC(2026, 2, 1));

/** Headers in which the SDK tells of itself, and those of the moment and the connection. */
const INCIDENTAL = /^(?:amz-sdk-.*|user-agent|x-amz-user-agent|authorization|x-amz-date|connection|accept-encoding)$/;

export class SdkTwin {
  stub!: HttpStoreStub;
  store!: ObjectStore;
  sdk!: commands.S3Client;
  /** Left at its default, the SDK sends the checksum of no bytes with a GET, and asks for one it then checks. */
  sdkReader!: commands.S3Client;
  private readonly transport = new HttpTransport();

  /** `resultOf`: the body of the answer, which is a 200. */
  constructor(private readonly resultOf: (request: SeenRequest) => string) {}

  async start(profile: ProfileSettings = { name: 'AWS' }): Promise<void> {
    this.stub = await startHttpStoreStub((response, request) => {
      const body = this.resultOf(request);
      response.writeHead(200, {
        etag: ETAG,
        'content-length': Buffer.byteLength(body),
        'last-modified': LAST_MODIFIED.toUTCString(),
      });
      response.end(body);
    });
    const { endpoint } = this.stub;
    const parts = {
      endpoint: new StoreEndpoint({ name: 'stub', endpoint, region: REGION, pathStyle: true }),
      credentials: { current: () => IDENTITY, renew: async () => false },
      transport: this.transport,
      serializer: new RequestSerializer(S3),
      limits: new BucketLimits({ max: LIMITS.batch.requestsInFlight }),
    };
    this.store = new S3Store(new AwsClient(parts), 'stub', {
      knowsAllCalls: true,
      knowledge: new Knowledge(profile),
    });
    const settings = { region: REGION, endpoint, forcePathStyle: true, credentials: IDENTITY, maxAttempts: 1 };
    this.sdk = new commands.S3Client(settings);
    this.sdkReader = new commands.S3Client({
      ...settings,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async stop(): Promise<void> {
    this.sdk.destroy();
    this.sdkReader.destroy();
    await this.transport.close();
    await this.stub.close();
  }

  /** `argument`: of our method, where it is not the SDK's input. */
  async expectSame(call: keyof ObjectStore, command: string, input: object, argument: unknown = input): Promise<void> {
    const Command = (commands as unknown as Record<string, new (input: object) => never>)[`${command}Command`]!;
    const method = this.store[call] as (argument: unknown) => Promise<unknown>;
    const client = /^(?:Get|Head)/.test(command) ? this.sdkReader : this.sdk;
    await this.expectSameRequest(
      () => method.call(this.store, argument),
      () => client.send(new Command({ ...input })),
    );
  }

  async expectSameRequest(ours: () => Promise<unknown>, theirs: () => Promise<unknown>): Promise<void> {
    const mine = await this.seen(ours);
    expect(comparable(mine)).toEqual(comparable(await this.seen(theirs)));
    await expectValidSignature(mine);
  }

  private async seen(send: () => Promise<unknown>): Promise<SeenRequest> {
    const before = this.stub.requests.length;
    await send();
    expect(this.stub.requests.length).toBe(before + 1);
    return this.stub.requests[before]!;
  }
}

function comparable({ method, url, headers, body }: SeenRequest): object {
  const kept = Object.entries(headers).filter(([name]) => !INCIDENTAL.test(name));
  const [path, query = ''] = url.split(/\?(.*)/s);
  return {
    method,
    path,
    query,
    headers: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))),
    body: body.toString('utf8'),
  };
}

async function expectValidSignature({ method, url, headers, body }: SeenRequest): Promise<void> {
  const authorization = headers.authorization!;
  const signedNames = /SignedHeaders=([^,]+)/.exec(authorization)![1]!.split(';');
  for (const name of Object.keys(headers)) {
    if (name.startsWith('x-amz-') || name === 'host') expect(signedNames).toContain(name);
  }
  expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update(body).digest('hex'));
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  const { sessionToken: _, ...identity } = IDENTITY;
  const signer = new SignatureV4({
    service: 's3',
    region: REGION,
    credentials: identity,
    sha256: NodeSha256,
    uriEscapePath: false,
  });
  const date = headers['x-amz-date'] as string;
  const again = await signer.sign(
    {
      method,
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: Object.fromEntries(signedNames.map((name) => [name, headers[name] as string])),
      protocol: 'http:',
      hostname: 'localhost',
    },
    { signingDate: new Date(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')) },
  );
  expect(authorization).toBe(again.headers['authorization']);
}
