/**
 * Goal: header values go in and out as octets, and read as the text that is meant. Method: values before and after decoding, and S3Store
 * before a raw socket that shows which octets it was sent.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { DEFAULTS } from '../../../../config/defaults';
import { textOfHeader } from '../../../../storage/http/header-text';
import type { ObjectStore } from '../../../../storage/object-store';
import { Sigv4Signer } from '../../../../storage/signing/sigv4';
import { createStores } from '../../../../storage/stores';

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

test.each([
  ['ASCII', 'plain =? text', 'plain =? text'],
  ['nothing', '', ''],
  ['UTF-8', latin1('José 🐑'), 'José 🐑'],
  ['Latin-1', 'José', 'José'],
  ['an encoded word, B', '=?UTF-8?B?Sm9zw6k=?=', 'José'],
  ['an encoded word, Q', '=?UTF-8?Q?Jos=C3=A9_Garc=C3=ADa?=', 'José García'],
  ['an encoded word in lower case', '=?utf-8?q?Jos=c3=a9?=', 'José'],
  ['an encoded word in Latin-1', '=?ISO-8859-1?Q?Jos=E9?=', 'José'],
  ['words among others', 'by =?UTF-8?Q?Jos=C3=A9?= and  others', 'by José and  others'],
  ['two encoded words', '=?UTF-8?B?Sm9z?= =?UTF-8?B?w6k=?=', 'José'],
  ['a character cut in two', '=?UTF-8?Q?Jos=C3?=  =?UTF-8?Q?=A9?=', 'José'],
  ['two charsets', '=?UTF-8?Q?=C3=A9?= =?ISO-8859-1?Q?=E9?= !', 'éé !'],
  ['a charset that is none', '=?KLINGON?Q?a?=', '=?KLINGON?Q?a?='],
  ['half a word', '=?UTF-8?B?Sm9z', '=?UTF-8?B?Sm9z'],
])('%s', (_name, octets, text) => {
  expect(textOfHeader(octets)).toBe(text);
});

describe('on the wire', () => {
  const NAMES = ['José', 'à la carte', 'naïve', '日本語', '\u0085\u00a0'];

  test.each(NAMES.flatMap((text) => [[latin1(text)], [text]]).filter(([text]) => /^[\0-\xff]*$/.test(text ?? '')))(
    '%j goes out as it came in',
    async (octets) => {
      const heads: string[] = [];
      await before(
        (head) => {
          heads.push(head);
          const value = head.startsWith('HEAD') ? `x-amz-meta-author: ${octets}\r\n` : '';
          return `HTTP/1.1 200 OK\r\ncontent-length: 0\r\netag: "e"\r\nlast-modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n${value}\r\n`;
        },
        async (store) => {
          const { metadata } = await store.describeObject({ Bucket: 'b', Key: 'k' });
          expect(metadata['author']).toBe(octets);
          await store.putObject({ Bucket: 'b', Key: 'k', Body: Buffer.from('x'), Metadata: { ...metadata } });
        },
      );
      expect(heads.at(-1)).toContain(`\r\nx-amz-meta-author: ${octets}\r\n`);
      expect(heads.every((head) => head.includes('\r\nauthorization: AWS4-HMAC-SHA256 '))).toBe(true);
    },
  );

  test('what is no octet is refused', async () => {
    await before(
      () => 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
      async (store) => {
        const put = store.putObject({ Bucket: 'b', Key: 'k', Body: Buffer.alloc(0), Metadata: { author: 'Ł' } });
        await expect(put).rejects.toMatchObject({ code: 'InvalidArgument' });
      },
    );
  });
});

test('the octets are what is signed, blanks of Latin-1 among them', () => {
  const signature = (value: string): string | undefined => {
    const headers: Record<string, string> = { host: 'h', 'x-amz-meta-a': value };
    const request = { method: 'PUT', path: '/b/k', query: '', headers, payloadHash: 'p' };
    new Sigv4Signer('r').sign(request, { accessKeyId: 'a', secretAccessKey: 's' }, 0);
    return headers['authorization']?.split('Signature=')[1];
  };
  // Made by Python's hmac and hashlib of the canonical request in these octets.
  expect(signature(latin1('voilà'))).toBe('c7625c40dbfbfd79db65245b0c0e2264a23a96f4db2f4b47f496e7c093fb414a');
  expect(signature('voil\u00e0')).toBe('c4a422ba5be6755c401a53088d828acb9e24b981d418375440de0fb1b080a4fc');
  expect(signature(' a \t b ')).toBe(signature('a b'));
});

/** S3Store before a server that answers each head of a request with bytes; both in Latin-1. */
async function before(answer: (head: string) => string, use: (store: ObjectStore) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      text += piece;
      for (;;) {
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = text.slice(0, end + 2);
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (text.length < end + 4 + length) return;
        text = text.slice(end + 4 + length);
        socket.write(answer(head), 'latin1');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { kind: 'static', accessKeyId: 'a', secretAccessKey: 'b' } as const;
  const stores = createStores({
    stores: [{ name: 's', endpoint, region: 'r', pathStyle: true, credentials, buckets: [] }],
    functions: { region: 'r' },
    vaults: { region: 'r' },
    roles: [],
    workspace: { store: 's', bucket: 'workspace', prefix: '' },
    limits: DEFAULTS,
  });
  try {
    await use(stores.workspace());
  } finally {
    await stores.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}
