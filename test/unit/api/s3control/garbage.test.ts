/**
 * Goal: no request is answered with a 5xx for being wrong, and whatever is refused below /v20180820 is refused in S3's XML.
 * Method: the wrong requests that one thinks of, then captured requests altered at random, over bare sockets; signed anew
 * where they are to get past the signature.
 */
import fc from 'fast-check';
import { parseDocument } from '../../../../api/s3control/wire/xml-document';
import { ACCOUNT } from '../test-app';
import {
  addJob,
  type Answer,
  CAPTURED_JOB,
  errorCode,
  message,
  type RawRequest,
  send,
  serveApp,
  setClock,
  signed,
  signedRequest,
  XMLNS,
} from './client';
import { captured, capturedNames } from './wire-fixture';

const context = serveApp();
const CLOCK = Date.parse('2026-11-22T12:00:00Z');
const JOB = `/v20180820/jobs/${CAPTURED_JOB}`;

beforeEach(() => {
  addJob(context, CAPTURED_JOB);
});

/** A well-formed document of the wrapped form, with nothing of the server in it. */
function isErrorXml({ body, headers }: Answer): boolean {
  const tree = parseDocument(Buffer.from(body), 'ErrorResponse') as { Error?: { Code?: string; Message?: string } };
  const { Code, Message } = tree.Error ?? {};
  const type = headers['content-type'] ?? '';
  return (
    /^\w+$/.test(Code ?? '') && (Message ?? '') !== '' && type.startsWith('application/xml') && !/\n\s+at /.test(body)
  );
}

describe('refused, signed as it is', () => {
  test.each<[method: string, target: string, status: number, code: string, body?: string]>([
    ['GET', '/v20180820', 404, 'NoSuchResource'],
    ['GET', '/v20180820/', 404, 'NoSuchResource'],
    ['GET', '/v20180820/job', 404, 'NoSuchResource'],
    ['GET', '/v20180820/configuration/publicAccessBlock', 404, 'NoSuchResource'],
    ['GET', '/V20180820/jobs', 404, 'NoSuchResource'],
    ['GET', '/v20180820/Jobs', 404, 'NoSuchResource'],
    ['GET', '/v20180820//jobs', 404, 'NoSuchResource'],
    ['GET', '/v20180820/jobs/', 400, 'BadRequestException'],
    ['POST', '/v20180820/jobs/', 400, 'BadRequestException'],
    ['GET', '/v20180820/jobs//tagging', 400, 'BadRequestException'],
    ['POST', '/v20180820/jobs//priority?priority=1', 400, 'BadRequestException'],
    ['GET', `${JOB}/`, 404, 'NoSuchResource'],
    ['GET', `${JOB}/tagging/`, 404, 'NoSuchResource'],
    ['GET', `${JOB}/tagging/x`, 404, 'NoSuchResource'],
    ['GET', `${JOB}/../..`, 404, 'NoSuchResource'],
    ['GET', '/v20180820/jobs/abcd', 400, 'BadRequestException'],
    ['GET', `/v20180820/jobs/${'a'.repeat(37)}`, 400, 'BadRequestException'],
    ['GET', '/v20180820/jobs/%ZZ%ZZ%ZZ', 400, 'BadRequestException'],
    ['GET', '/v20180820/jobs/%00%00%00%00%00', 400, 'BadRequestException'],
    ['GET', '/v20180820/jobs/%E0%A4%A%FF', 400, 'BadRequestException'],
    ['GET', '/v20180820/jobs/job%2Ftagging', 400, 'BadRequestException'],
    ['DELETE', '/v20180820/jobs', 405, 'MethodNotAllowed'],
    ['PATCH', '/v20180820/jobs', 405, 'MethodNotAllowed'],
    ['OPTIONS', '/v20180820/jobs', 405, 'MethodNotAllowed'],
    ['POST', JOB, 405, 'MethodNotAllowed'],
    ['DELETE', JOB, 405, 'MethodNotAllowed'],
    ['PUT', `${JOB}/priority?priority=1`, 405, 'MethodNotAllowed'],
    ['GET', `${JOB}/status?requestedJobStatus=Ready`, 405, 'MethodNotAllowed'],
    ['POST', `${JOB}/tagging`, 405, 'MethodNotAllowed'],
    ['GET', JOB, 400, 'BadRequestException', '<x/>'],
    ['GET', '/v20180820/jobs', 400, 'InvalidRequestException', 'x'],
    ['GET', '/v20180820/jobs?maxResults=-1', 400, 'InvalidRequestException'],
    ['GET', '/v20180820/jobs?maxResults=', 400, 'InvalidRequestException'],
    ['GET', '/v20180820/jobs?maxResults=1.5', 400, 'InvalidRequestException'],
    ['GET', '/v20180820/jobs?maxResults=1e2', 400, 'InvalidRequestException'],
    ['GET', '/v20180820/jobs?maxResults=1&maxResults=2', 400, 'InvalidRequestException'],
    ['GET', '/v20180820/jobs?jobStatuses=', 400, 'InvalidRequestException'],
    ['GET', '/v20180820/jobs?jobStatuses=Active,Paused', 400, 'InvalidRequestException'],
    ['GET', '/v20180820/jobs?jobStatuses=%ZZ', 400, 'InvalidRequestException'],
    ['GET', '/v20180820/jobs?nextToken=', 400, 'InvalidNextTokenException'],
    ['GET', '/v20180820/jobs?nextToken=a%20b', 400, 'InvalidNextTokenException'],
    ['GET', '/v20180820/jobs?nextToken=%ZZ', 400, 'InvalidNextTokenException'],
    ['GET', `/v20180820/jobs?nextToken=${'a'.repeat(1_025)}`, 400, 'InvalidNextTokenException'],
    ['POST', `${JOB}/priority`, 400, 'BadRequestException'],
    ['POST', `${JOB}/priority?priority=`, 400, 'BadRequestException'],
    ['POST', `${JOB}/priority?priority=2147483648`, 400, 'BadRequestException'],
    ['POST', `${JOB}/priority?priority=99999999999999999999`, 400, 'BadRequestException'],
    ['POST', `${JOB}/priority?priority=0x10`, 400, 'BadRequestException'],
    ['POST', `${JOB}/priority?priority=1&priority=1`, 400, 'BadRequestException'],
    ['POST', `${JOB}/status`, 400, 'BadRequestException'],
    ['POST', `${JOB}/status?requestedJobStatus=ready`, 400, 'BadRequestException'],
    ['POST', `${JOB}/status?requestedJobStatus=Ready&requestedJobStatus=Cancelled`, 400, 'BadRequestException'],
    ['POST', `${JOB}/status?requestedJobStatus=Cancelled&statusUpdateReason=`, 400, 'BadRequestException'],
    [
      'POST',
      `${JOB}/status?requestedJobStatus=Cancelled&statusUpdateReason=${'r'.repeat(257)}`,
      400,
      'BadRequestException',
    ],
  ])('%s %s', async (...row) => {
    const [method, target, status, code, body] = row;
    const answer = await signed(method, target, body);
    expect([answer.status, errorCode(answer), isErrorXml(answer)]).toEqual([status, code, true]);
    expect(context.gateway.signals).toEqual([]);
  });

  test('HEAD, without a body', async () => {
    const answer = await signed('HEAD', JOB);
    expect([answer.status, answer.body]).toEqual([405, '']);
  });

  test.each(['abc', '12345678901', '1234567890123', '', '１２３４５６７８９０１２'])(
    'the account %s',
    async (account) => {
      const answer = await signed('POST', `${JOB}/priority?priority=1`, '', { account });
      expect([answer.status < 500, errorCode(answer)]).toEqual([
        true,
        expect.stringMatching(/BadRequest|SignatureDoes/),
      ]);
    },
  );
});

describe('bodies that are no documents', () => {
  const create = (inner: string): string => `<CreateJobRequest ${XMLNS}>${inner}</CreateJobRequest>`;
  const big = 1_900_000;
  test.each<[string, string | Buffer, RegExp]>([
    ['UTF-16', Buffer.from(`\uFEFF${create('')}`, 'utf16le'), /not UTF-8/],
    ['Latin-1', Buffer.from(create('<Description>é</Description>'), 'latin1'), /not UTF-8/],
    ['another encoding by name', `<?xml version="1.0" encoding="ISO-8859-1"?>${create('')}`, /must be UTF-8/],
    ['a NUL', create('<Description>a\0b</Description>'), /U\+0000 is not a character/],
    ['a reference to a NUL', create('<Description>&#0;</Description>'), /#0; is not a character/],
    ['a reference to half a character', create('<Description>&#xD83D;</Description>'), /is not a character/],
    ['a reference beyond Unicode', create('<Description>&#x110000;</Description>'), /is not a character/],
    [
      'an entity of its own',
      `<!DOCTYPE a [<!ENTITY x "y">]>${create('<Description>&x;</Description>')}`,
      /document type/,
    ],
    ['an external entity', `<!DOCTYPE a SYSTEM "file:///etc/passwd">${create('')}`, /document type/],
    ['a document type inside', create('<!DOCTYPE a>'), /document type/],
    ['a bare ampersand', create('<Description>a & b</Description>'), /unknown entity/],
    ['an attribute', create('<Priority unit="x">1</Priority>'), /Priority has no attribute unit/],
    ['a member as attribute', `<CreateJobRequest Description="x"/>`, /no attribute Description/],
    ['an attribute twice', `<CreateJobRequest xmlns="a" xmlns="b"/>`, /twice/],
    ['an attribute without quotes', '<CreateJobRequest xmlns=a/>', /not closed/],
    ['text between elements', create('x<Priority>1</Priority>'), /text between its elements/],
    ['CDATA between elements', create('<![CDATA[x]]><Priority>1</Priority>'), /text between its elements/],
    ['CDATA outside', `<![CDATA[x]]>${create('')}`, /outside of the root/],
    ['an end of CDATA in text', create('<Description>]]></Description>'), /\]\]&gt;/],
    ['an unclosed comment', create('<!-- '), /--&gt; is missing/],
    ['an unclosed element', '<CreateJobRequest><Priority>', /Priority is not closed/],
    ['crossed elements', create('<Priority><Tags></Priority></Tags>'), /closing tag/],
    ['a closing tag alone', '</CreateJobRequest>', /closing tag/],
    ['two roots', create('') + create(''), /nothing may follow/],
    ['text after the root', `${create('')}x`, /nothing may follow/],
    ['a declaration too late', ` <?xml version="1.0"?>${create('')}`, /declaration must come first/],
    ['names of prototypes', create('<Operation><__proto__>x</__proto__></Operation>'), /no element __proto__/],
    ['deep nesting', '<CreateJobRequest>'.repeat(50_000), /nested too deeply/],
    ['one long comment', `<!--${'-'.repeat(big)}`, /--&gt; is missing/],
    ['one long name', `<${'a'.repeat(big)}`, /root element/],
    ['many spaces', `<CreateJobRequest${' '.repeat(big)}`, /not closed/],
    ['many attributes', `<CreateJobRequest${' xmlns:a="b"'.repeat(100_000)}/>`, /twice/],
    ['many ampersands', create(`<Description>${'&'.repeat(big)}</Description>`), /unknown entity/],
    ['many elements', create(`<Operation>${'<a/>'.repeat(400_000)}</Operation>`), /no element a/],
    ['JSON', '{"Operation":{}}', /root element/],
  ])('%s', async (_what, body, says) => {
    const began = process.cpuUsage();
    const answer = await signed('POST', '/v20180820/jobs', body);
    expect([answer.status, errorCode(answer), message(answer)]).toEqual([
      400,
      'MalformedXML',
      expect.stringMatching(says),
    ]);
    // Linear time: a quadratic reader would take minutes for the long ones. Other processes' load does not count.
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(5_000);
  });

  test('compressed, or longer than a request may be', async () => {
    const request = signedRequest('POST', '/v20180820/jobs', Buffer.from(create('')));
    const gzip = await send({ ...request, rawHeaders: [...request.rawHeaders, 'Content-Encoding', 'gzip'] });
    expect([gzip.status, errorCode(gzip), isErrorXml(gzip)]).toEqual([400, 'BadRequestException', true]);
    const large = await signed('PUT', `${JOB}/tagging`, Buffer.alloc(3_000_000, ' '));
    expect([large.status, errorCode(large), isErrorXml(large)]).toEqual([400, 'EntityTooLarge', true]);
  });
});

describe('accepted all the same', () => {
  test.each([
    ['an absolute target', `http://${ACCOUNT}.s3batch.internal${JOB}`, 'h'],
    ['an absolute target with a port and a query', 'http://x:1/v20180820/jobs?maxResults=1', 'h'],
    ['an absolute target with a broken authority', 'http://[bad/v20180820/jobs?maxResults=1', 'h'],
    ['a host with the account before it', JOB, `${ACCOUNT}.localhost:8800`],
    ['a host with another account before it', JOB, '999999999999.localhost'],
    ['parameters that others have added', '/v20180820/jobs?x-id=ListJobs&maxResults=1', 'h'],
  ])('%s', async (_what, target, host) => {
    expect((await signed('GET', target, '', { host })).status).toBe(200);
  });
});

test('headers given twice are refused', async () => {
  const request = signedRequest('GET', JOB, Buffer.alloc(0));
  for (const [name, value] of [
    ['x-amz-account-id', ACCOUNT],
    ['x-amz-account-id', '999999999999'],
    ['Host', 'other'],
    ['Authorization', 'AWS4-HMAC-SHA256 x'],
    ['x-amz-date', '20261122T120000Z'],
    ['x-amz-content-sha256', 'x'],
  ] as const) {
    const answer = await send({ ...request, rawHeaders: [...request.rawHeaders, name, value] });
    expect([name, answer.status >= 400 && answer.status < 500, isErrorXml(answer)]).toEqual([name, true, true]);
  }
});

/** A request, altered: its parts spliced, replaced, doubled or dropped. */
const altered: fc.Arbitrary<RawRequest & { readonly signedAt: number }> = fc
  .record({
    name: fc.constantFrom(...capturedNames()),
    method: fc.option(fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PROPFIND')),
    target: fc.option(
      splice(fc.constantFrom('/', '//', '%', '%00', '%2F', '%ZZ', '%FF', '?', '&', '=', '..', 'é', '#', ';', '+')),
    ),
    body: fc.option(
      splice(
        fc.constantFrom(
          '<',
          '>',
          '</',
          '/>',
          '&',
          '&#0;',
          '<!--',
          ']]>',
          '<![CDATA[',
          '"',
          '\0',
          'é',
          '<a>',
          'xmlns="',
          '9',
        ),
      ),
    ),
    header: fc.option(
      fc.record({ at: fc.nat(40), value: fc.constantFrom('', 'x', '\u00ff', '=,;', '0', 'AWS4-HMAC-SHA256') }),
    ),
    resigned: fc.boolean(),
  })
  .map(({ name, method, target, body, header, resigned }) => {
    const from = captured(name);
    const request = {
      method: method ?? from.method,
      target: target?.(from.target) ?? from.target,
      rawHeaders: [...from.rawHeaders],
      body: Buffer.from(body === null ? from.body : body(Buffer.from(from.body).toString('utf8'))),
    };
    if (header !== null) request.rawHeaders[(header.at * 2 + 1) % request.rawHeaders.length] = header.value;
    return resigned
      ? { ...signedRequest(request.method, request.target, request.body), signedAt: CLOCK }
      : { ...request, signedAt: from.signedAt };
  });

/** Cuts a piece out of a text, and puts something in its place. */
function splice(insert: fc.Arbitrary<string>): fc.Arbitrary<(text: string) => string> {
  return fc
    .record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(12),
      insert: fc.oneof(insert, fc.constant('')),
      copies: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ at, cut, insert: piece, copies }) => (text: string) => {
      const index = Math.floor(at * text.length);
      return text.slice(0, index) + piece.repeat(copies) + text.slice(index + cut);
    });
}

test('captured requests altered at random', async () => {
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(altered, async (request) => {
      setClock(request.signedAt);
      const answer = await send(request);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500) throw new Error(`${answer.status} ${answer.body}`);
      const ours = /^(http:\/\/[^/]*)?\/v20180820([/?]|$)/i.test(request.target);
      // What Node's parser takes for no HTTP at all gets its bare 400.
      const bare = answer.body === '' && (answer.status === 400 || request.method === 'HEAD');
      if (ours && answer.status >= 400 && !bare && !isErrorXml(answer)) throw new Error(answer.body);
    }),
    { numRuns: 400, seed: 20_180_820 },
  );
  // Some get through, most do not.
  expect([...seen.keys()].sort()).toEqual(expect.arrayContaining([200, 400, 403, 404, 405]));
  expect(context.logged.filter((line) => line.includes('request failed'))).toEqual([]);
}, 60_000);
