import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { type Client, defaultPayloadConverter } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { TemporalConfig } from '../config/config';
import { DroverError } from '../contracts/engine/failures';

const ENCODING = 'binary/encrypted';
const KEY_ID = 'drover-key';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const PURPOSE = 'drover: payloads in Temporal';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What Temporal keeps, encrypted with AES-256-GCM: arguments, results, memos, heartbeats. The first key encrypts, each of them
 * decrypts; what was written in the clear stays readable, so that jobs under way go on when encryption is switched on.
 */
export class EncryptionCodec implements PayloadCodec {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly current: readonly [id: string, key: Buffer];

  /** `keys` are 32 bytes each; there is one at least. */
  constructor(keys: readonly Buffer[]) {
    const named = keys.map((key) => [idOf(key), key] as const);
    const [current] = named;
    if (current === undefined) throw new Error('encryption needs a key');
    this.current = current;
    this.keys = new Map(named);
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.encrypt(payload)));
  }

  /** Rejects with InvalidConfiguration for what was encrypted with another key. */
  decode(payloads: Payload[]): Promise<Payload[]> {
    return new Promise((resolve) => {
      resolve(payloads.map((payload) => this.decrypt(payload)));
    });
  }

  private encrypt(payload: Payload): Payload {
    const [id, key] = this.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce);
    const data = Buffer.concat([nonce, cipher.update(pack(payload)), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) }, data };
  }

  private decrypt(payload: Payload): Payload {
    const { metadata, data } = payload;
    if (textOf(metadata?.['encoding']) !== ENCODING) return payload;
    const id = textOf(metadata?.[KEY_ID]);
    const key = this.keys.get(id);
    if (key === undefined || !data) {
      const message = `Temporal has data that was encrypted with a key which temporal.payloadKeys does not have (${id})`;
      throw new DroverError('InvalidConfiguration', message);
    }
    const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(data.subarray(data.length - TAG_BYTES));
    return unpack(Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]));
  }
}

/** Option of clients and workers; empty without keys. */
export function dataConverterOption({ payloadKeys = [] }: Pick<TemporalConfig, 'payloadKeys'>): {
  readonly dataConverter?: { readonly payloadCodecs: PayloadCodec[] };
} {
  if (payloadKeys.length === 0) return {};
  const keys = payloadKeys.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, KEY_BYTES)));
  return { dataConverter: { payloadCodecs: [new EncryptionCodec(keys)] } };
}

/** The value of a payload of a raw answer, which the SDK has not decoded. */
export async function valueOf(client: Client, payload: Payload): Promise<unknown> {
  return defaultPayloadConverter.fromPayload(await decoded(client, payload));
}

export async function valuesOf(
  client: Client,
  fields: Readonly<Record<string, Payload>>,
): Promise<Record<string, unknown>> {
  const values = Object.entries(fields).map(async ([name, payload]) => [name, await valueOf(client, payload)] as const);
  return Object.fromEntries(await Promise.all(values));
}

/** Decodes all payloads of a raw answer where they stand. */
export async function decodeWithin(client: Client, answer: unknown): Promise<void> {
  if (client.options.loadedDataConverter.payloadCodecs.length === 0) return;
  if (typeof answer !== 'object' || answer === null || ArrayBuffer.isView(answer)) return;
  const { payloads } = answer as { payloads?: unknown };
  if (Array.isArray(payloads)) {
    const given = payloads as Payload[];
    await Promise.all(given.map(async (payload, index) => (given[index] = await decoded(client, payload))));
    return;
  }
  for (const member of Object.values(answer)) await decodeWithin(client, member);
}

async function decoded(client: Client, payload: Payload): Promise<Payload> {
  let plain = payload;
  for (const codec of [...client.options.loadedDataConverter.payloadCodecs].reverse()) {
    plain = (await codec.decode([plain]))[0] ?? plain;
  }
  return plain;
}

/** Length and JSON of the metadata, then the data. */
function pack({ metadata, data }: Payload): Buffer {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, data ?? Buffer.alloc(0)]);
}

function unpack(bytes: Buffer): Payload {
  const end = 4 + bytes.readUInt32BE(0);
  const entries = Object.entries(JSON.parse(bytes.toString('utf8', 4, end)) as Record<string, string>);
  const metadata = Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value, 'base64')]));
  return { metadata, data: bytes.subarray(end) };
}

/** Tells keys apart and says nothing of them. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('drover-payload-key').update(key).digest('hex').slice(0, 16);
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes).toString('utf8') : '';
}
