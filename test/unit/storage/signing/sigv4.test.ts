// Our signatures against AWS's published example and against @smithy/signature-v4, for odd paths, headers and identities.
import { createHash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { encodeKey } from '../../../../storage/http/uri';
import { EMPTY_BODY_SHA256, sha256Hex, type SigningIdentity, Sigv4Signer } from '../../../../storage/signing/sigv4';
import { NodeSha256 } from '../node-sha256';

const IDENTITY: SigningIdentity = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const TIME_MS = Date.UTC(2026, 10, 22, 13, 14, 15);

interface Sample {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
}

async function smithyAuthorization(sample: Sample, identity: SigningIdentity, timeMs: number): Promise<string> {
  const signer = new SignatureV4({
    service: 's3',
    region: 'eu-west-1',
    credentials: identity,
    sha256: NodeSha256,
    uriEscapePath: false,
  });
  const { method, path, query } = sample;
  const headers = { ...sample.headers, 'x-amz-content-sha256': EMPTY_BODY_SHA256 };
  const signed = await signer.sign(
    { method, path, query, headers, protocol: 'http:', hostname: 'localhost' },
    { signingDate: new Date(timeMs) },
  );
  return signed.headers['authorization']!;
}

function ourAuthorization(signer: Sigv4Signer, sample: Sample, identity: SigningIdentity, timeMs: number): string {
  const headers = { ...sample.headers };
  const query = Object.keys(sample.query)
    .sort()
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(sample.query[name]!)}`)
    .join('&');
  signer.sign(
    { method: sample.method, path: sample.path, query, headers, payloadHash: EMPTY_BODY_SHA256 },
    identity,
    timeMs,
  );
  return headers['authorization']!;
}

test("gives the signature of AWS's example for PUT Object", () => {
  // "Example: PUT Object" in "Signature Calculations for the Authorization Header".
  const headers: Record<string, string> = {
    host: 'examplebucket.s3.amazonaws.com',
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  };
  const payloadHash = sha256Hex(Buffer.from('Welcome to Amazon S3.'));
  new Sigv4Signer('us-east-1').sign(
    { method: 'PUT', path: '/test%24file.text', query: '', headers, payloadHash },
    IDENTITY,
    Date.UTC(2013, 4, 24),
  );
  expect(headers['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
});

test('hashes no body to the known constant', () => {
  expect(sha256Hex(new Uint8Array())).toBe(createHash('sha256').digest('hex'));
});

test('agrees with @smithy/signature-v4 on any key, header value and query', async () => {
  const signer = new Sigv4Signer('eu-west-1');
  const headerValue = fc.string({ unit: fc.constantFrom('a', 'Z', ' ', '\t', ',', '=', '/', '+', '"') });
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
      headerValue,
      headerValue,
      fc.dictionary(
        fc.stringMatching(/^[a-z-]{1,8}$/),
        fc.string({ unit: 'grapheme-ascii' }).filter((text) => !/[!'()*]/.test(text)),
      ),
      fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
      async (key, first, second, query, sessionToken) => {
        const sample = {
          method: 'PUT',
          path: `/bucket/${encodeKey(key)}`,
          query,
          headers: {
            host: 'localhost:8333',
            'x-amz-meta-a': first,
            'content-type': second,
            'cache-control': first,
            range: second,
          },
        };
        const identity = sessionToken === undefined ? IDENTITY : { ...IDENTITY, sessionToken };
        expect(ourAuthorization(signer, sample, identity, TIME_MS)).toBe(
          await smithyAuthorization(sample, identity, TIME_MS),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('takes a new signing key for a new day, another secret and back', async () => {
  const signer = new Sigv4Signer('eu-west-1');
  const sample = { method: 'GET', path: '/b/k', query: {}, headers: { host: 'h' } };
  const other = { accessKeyId: 'B', secretAccessKey: 'another' };
  for (const [identity, timeMs] of [
    [IDENTITY, TIME_MS],
    [other, TIME_MS],
    [IDENTITY, TIME_MS + 86_400_000],
    [other, TIME_MS + 86_400_000],
    [IDENTITY, TIME_MS],
  ] as const) {
    expect(ourAuthorization(signer, sample, identity, timeMs)).toBe(
      await smithyAuthorization(sample, identity, timeMs),
    );
  }
});

test('signs the headers that a request has, whichever requests it has signed before', async () => {
  const signer = new Sigv4Signer('eu-west-1');
  const sets = ['a b', 'b a', 'a', 'user-agent a b', 'a b c', 'd', 'e', 'f', 'g', 'h', 'a b', 'b a'];
  for (const names of sets) {
    const headers = Object.fromEntries(['host', ...names.split(' ')].map((name) => [name, `value of ${name}`]));
    const sample = { method: 'GET', path: '/b/k', query: {}, headers };
    expect(ourAuthorization(signer, sample, IDENTITY, TIME_MS)).toBe(
      await smithyAuthorization(sample, IDENTITY, TIME_MS),
    );
  }
});

test('replaces the signature of a former attempt, and drops a token that is no more', async () => {
  const signer = new Sigv4Signer('eu-west-1');
  const headers: Record<string, string> = { host: 'h' };
  const request = { method: 'GET', path: '/b/k', query: '', headers, payloadHash: EMPTY_BODY_SHA256 };
  signer.sign(request, { ...IDENTITY, sessionToken: 'temporary' }, TIME_MS);
  signer.sign(request, IDENTITY, TIME_MS + 5_000);
  const expected = await smithyAuthorization(
    { method: 'GET', path: '/b/k', query: {}, headers: { host: 'h' } },
    IDENTITY,
    TIME_MS + 5_000,
  );
  expect(headers['authorization']).toBe(expected);
  expect(headers).not.toHaveProperty('x-amz-security-token');
});
