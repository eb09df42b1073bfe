/**
 * Goal: the API accepts what the official clients sign, and nothing that was changed after signing.
 * Method: requests captured from aws CLI, boto3 and the JS SDK, with the clock set to their date; each then altered.
 */
import { createHash, createHmac } from 'node:crypto';
import { verifySigV4, type WireRequest } from '../../../../api/auth/sigv4';
import { captured, capturedNames } from '../s3control/wire-fixture';

const SECRETS: Record<string, string> = { AKIDEXAMPLE: 'secretsecret', A: 'B' };
const secretOf = (id: string): string | undefined => SECRETS[id];
const MINUTE_MS = 60_000;

type Whole = WireRequest & { readonly body: Uint8Array };

function originForm(request: Whole): Whole {
  return { ...request, target: request.target.replace(/^http:\/\/[^/]+/, '') };
}

function verify(request: Whole, now: number): string {
  const signed = verifySigV4(originForm(request), secretOf, now);
  signed.checkBody(request.body);
  return signed.accessKeyId;
}

function withHeader(request: Whole, name: string, value: string | undefined): Whole {
  const at = request.rawHeaders.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === name);
  const rawHeaders = [...request.rawHeaders];
  if (at >= 0) rawHeaders.splice(at, 2);
  return { ...request, rawHeaders: value === undefined ? rawHeaders : [...rawHeaders, name, value] };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'accepted';
}

describe('captured requests', () => {
  test.each(capturedNames())('%s is accepted', (name) => {
    const request = captured(name);
    expect(verify(request, request.signedAt)).toMatch(/^(AKIDEXAMPLE|A)$/);
  });

  test.each(capturedNames())('%s is refused with another path', (name) => {
    const request = captured(name);
    const altered = { ...originForm(request), target: originForm(request).target.replace('/jobs', '/jobz') };
    expect(codeOf(() => verify(altered, request.signedAt))).toBe('SignatureDoesNotMatch');
  });
});

describe('an altered request', () => {
  const list = captured('boto3-list-jobs');
  const create = captured('boto3-create-job-copy');
  const at = list.signedAt;

  const cases: [string, () => Whole, string][] = [
    [
      'another query value',
      () => ({ ...list, target: list.target.replace('maxResults=5', 'maxResults=6') }),
      'SignatureDoesNotMatch',
    ],
    ['another method', () => ({ ...list, method: 'DELETE' }), 'SignatureDoesNotMatch'],
    ['another account', () => withHeader(list, 'x-amz-account-id', '999999999999'), 'SignatureDoesNotMatch'],
    ['another host', () => withHeader(list, 'host', 'example.com'), 'SignatureDoesNotMatch'],
    ['a signed header missing', () => withHeader(list, 'x-amz-account-id', undefined), 'SignatureDoesNotMatch'],
    ['an unsigned x-amz- header added', () => withHeader(list, 'x-amz-extra', '1'), 'AccessDenied'],
    ['no authorization', () => withHeader(list, 'authorization', undefined), 'AccessDenied'],
    ['basic authorization', () => withHeader(list, 'authorization', 'Basic eDp5'), 'AuthorizationHeaderMalformed'],
    [
      'an empty credential',
      () => withHeader(list, 'authorization', 'AWS4-HMAC-SHA256 Credential=, SignedHeaders=host, Signature=00'),
      'AuthorizationHeaderMalformed',
    ],
    [
      'another body',
      () => ({ ...create, body: Buffer.concat([create.body, Buffer.from(' ')]) }),
      'XAmzContentSHA256Mismatch',
    ],
    ['no body', () => ({ ...create, body: Buffer.alloc(0) }), 'XAmzContentSHA256Mismatch'],
    [
      'an unsigned body',
      () => withHeader(create, 'x-amz-content-sha256', 'UNSIGNED-PAYLOAD'),
      'XAmzContentSHA256Mismatch',
    ],
  ];
  test.each(cases)('%s', (_what, altered, code) => {
    expect(codeOf(() => verify(altered(), at))).toBe(code);
  });

  test.each([
    ['by a second', /T(\d\d)(\d\d)(\d\d)Z/, 'T$1$259Z'],
    ['by hours', /T\d\d/, 'T03'],
    ['by a day', /^(\d{6})\d\d/, '$123'],
    ['by years', /^\d{4}/, '2031'],
  ])('a date changed after signing, %s', (_what, pattern, replacement) => {
    const date = list.rawHeaders[list.rawHeaders.indexOf('X-Amz-Date') + 1] ?? '';
    const changed = date.replace(pattern, replacement);
    expect(changed).not.toBe(date);
    const altered = withHeader(list, 'x-amz-date', changed);
    const scope = (list.rawHeaders[list.rawHeaders.indexOf('Authorization') + 1] ?? '').replace(
      /\/\d{8}\//,
      `/${changed.slice(0, 8)}/`,
    );
    const signedAt = Date.parse(changed.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    for (const now of [at, signedAt]) {
      expect(codeOf(() => verify(altered, now))).toBe('SignatureDoesNotMatch');
      expect(codeOf(() => verify(withHeader(altered, 'authorization', scope), now))).toBe('SignatureDoesNotMatch');
    }
  });

  test('names a key that is not known', () => {
    expect(codeOf(() => verifySigV4(list, () => undefined, at))).toBe('InvalidAccessKeyId');
  });

  test('does not match another secret', () => {
    expect(codeOf(() => verifySigV4(list, () => 'other', at))).toBe('SignatureDoesNotMatch');
  });

  test('refuses another service in the scope', () => {
    const authorization = list.rawHeaders[list.rawHeaders.indexOf('Authorization') + 1] ?? '';
    const altered = withHeader(list, 'authorization', authorization.replace('/s3/', '/ec2/'));
    expect(codeOf(() => verify(altered, at))).toBe('AuthorizationHeaderMalformed');
  });

  test.each([
    [14, 'accepted'],
    [16, 'RequestTimeTooSkewed'],
    [-14, 'accepted'],
    [-16, 'RequestTimeTooSkewed'],
  ])('at %i minutes from its date: %s', (minutes, expected) => {
    expect(codeOf(() => verify(list, at + minutes * MINUTE_MS))).toBe(expected);
  });
});

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

describe('a space or plus in the query', () => {
  const at = Date.parse('2026-11-22T15:00:00Z');

  /** `signed` is what stands in the signature for the query that is sent. */
  function request(sent: string, signed: string): Whole {
    const empty = createHash('sha256').update('').digest('hex');
    const headers = `host:h\nx-amz-content-sha256:${empty}\nx-amz-date:20261122T150000Z\n`;
    const names = 'host;x-amz-content-sha256;x-amz-date';
    const canonical = `GET\n/v20180820/jobs\n${signed}\n${headers}\n${names}\n${empty}`;
    const hash = createHash('sha256').update(canonical).digest('hex');
    const scope = '20261122/us-east-1/s3/aws4_request';
    const toSign = `AWS4-HMAC-SHA256\n20261122T150000Z\n${scope}\n${hash}`;
    const key = scope.split('/').reduce<string | Buffer>(hmac, 'AWS4secretsecret');
    const credential = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}`;
    const authorization = `${credential}, SignedHeaders=${names}, Signature=${hmac(key, toSign).toString('hex')}`;
    const rawHeaders = ['Host', 'h', 'x-amz-content-sha256', empty, 'x-amz-date', '20261122T150000Z'];
    rawHeaders.push('Authorization', authorization);
    return { method: 'GET', target: `/v20180820/jobs?${sent}`, rawHeaders, body: Buffer.alloc(0) };
  }

  test.each([
    ['a space as plus, signed as %20', 'a=b+c', 'a=b%20c', 'accepted'],
    ['a space as %20', 'a=b%20c', 'a=b%20c', 'accepted'],
    ['a plus in a name', 'a+b=c', 'a%20b=c', 'accepted'],
    ['a plus as %2B', 'a=b%2Bc', 'a=b%2Bc', 'accepted'],
    ['both', 'a=b+c%2Bd', 'a=b%20c%2Bd', 'accepted'],
    // Read as a space, but signed as another text.
    ['a plus sent as it is, signed as %2B', 'a=b+c', 'a=b%2Bc', 'SignatureDoesNotMatch'],
    ['a plus sent and signed as it is', 'a=b+c', 'a=b+c', 'SignatureDoesNotMatch'],
    ['a plus as %2B, signed as a space', 'a=b%2Bc', 'a=b%20c', 'SignatureDoesNotMatch'],
  ])('%s', (_what, sent, signed, expected) => {
    expect(codeOf(() => verify(request(sent, signed), at))).toBe(expected);
  });
});

describe('a body without its hash beside the signature, as curl sends it', () => {
  const at = Date.parse('2026-11-22T15:00:00Z');
  const body = Buffer.from('<a/>');
  const payload = createHash('sha256').update(body).digest('hex');
  const names = 'host;x-amz-date';
  const canonical = `POST\n/v20180820/jobs\n\nhost:h\nx-amz-date:20261122T150000Z\n\n${names}\n${payload}`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const scope = '20261122/us-east-1/s3/aws4_request';
  const key = scope.split('/').reduce<string | Buffer>(hmac, 'AWS4secretsecret');
  const signature = hmac(key, `AWS4-HMAC-SHA256\n20261122T150000Z\n${scope}\n${hash}`).toString('hex');
  const credential = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}`;
  const rawHeaders = ['Host', 'h', 'x-amz-date', '20261122T150000Z', 'Content-Length', '4'];
  rawHeaders.push('Authorization', `${credential}, SignedHeaders=${names}, Signature=${signature}`);
  const sent: Whole = { method: 'POST', target: '/v20180820/jobs', rawHeaders, body };

  test('is taken when it is the one that was signed', () => {
    expect(verifySigV4(sent, secretOf, at).isProven).toBe(false);
    expect(codeOf(() => verify(sent, at))).toBe('accepted');
    expect(codeOf(() => verify({ ...sent, body: Buffer.from('<b/>') }, at))).toBe('SignatureDoesNotMatch');
  });

  test('is not read of a key that is not known, or when it is late', () => {
    expect(codeOf(() => verifySigV4(sent, () => undefined, at))).toBe('InvalidAccessKeyId');
    expect(codeOf(() => verifySigV4(sent, secretOf, at + 16 * MINUTE_MS))).toBe('RequestTimeTooSkewed');
    const unsigned = withHeader(sent, 'x-amz-content-sha256', 'UNSIGNED-PAYLOAD');
    expect(codeOf(() => verifySigV4(unsigned, secretOf, at))).toBe('AccessDenied');
  });
});

describe('a presigned request', () => {
  const at = Date.parse('2026-11-22T15:00:00Z');

  // Signed here step by step as the AWS page "Authenticating requests: using query parameters" has it.
  function presigned(expires: number): Whole {
    const query = [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      'X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Feu-west-1%2Fs3%2Faws4_request',
      'X-Amz-Date=20261122T150000Z',
      `X-Amz-Expires=${expires}`,
      'X-Amz-SignedHeaders=host%3Bx-amz-account-id',
    ].join('&');
    const canonical = `GET\n/v20180820/jobs\n${query}\nhost:h:1\nx-amz-account-id:123456789012\n\nhost;x-amz-account-id\nUNSIGNED-PAYLOAD`;
    const hash = createHash('sha256').update(canonical).digest('hex');
    const toSign = `AWS4-HMAC-SHA256\n20261122T150000Z\n20261122/eu-west-1/s3/aws4_request\n${hash}`;
    const key = hmac(hmac(hmac(hmac('AWS4secretsecret', '20261122'), 'eu-west-1'), 's3'), 'aws4_request');
    return {
      method: 'GET',
      target: `/v20180820/jobs?${query}&X-Amz-Signature=${hmac(key, toSign).toString('hex')}`,
      rawHeaders: ['Host', 'h:1', 'x-amz-account-id', '123456789012'],
      body: Buffer.alloc(0),
    };
  }

  test('is accepted until it expires', () => {
    expect(verify(presigned(3_600), at + 59 * MINUTE_MS)).toBe('AKIDEXAMPLE');
    expect(codeOf(() => verify(presigned(3_600), at + 61 * MINUTE_MS))).toBe('AccessDenied');
  });

  test('lives seven days at most', () => {
    expect(codeOf(() => verify(presigned(604_801), at))).toBe('AuthorizationHeaderMalformed');
  });

  test('is refused when changed', () => {
    const request = presigned(3_600);
    expect(codeOf(() => verify({ ...request, target: request.target.replace('3600', '7200') }, at))).toBe(
      'SignatureDoesNotMatch',
    );
  });
});
