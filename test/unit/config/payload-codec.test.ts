/**
 * Goal: what Temporal keeps can be read with the keys of the configuration and not without, and is not changed unseen. Method: the
 * codec on payloads of each kind, with keys that come and go.
 */
import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { EncryptionCodec } from '../../../temporal/payload-codec';

const [A, B] = [randomBytes(32), randomBytes(32)];
const VALUES = [{ key: 'photos/1.jpg' }, 'x'.repeat(100_000), null, undefined, new Uint8Array([0, 255])];

const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);

async function encrypted(value: unknown, keys = [A]): Promise<Payload> {
  return (await new EncryptionCodec(keys).encode([plain(value)]))[0]!;
}

async function read(payload: Payload, keys: Buffer[]): Promise<unknown> {
  return defaultPayloadConverter.fromPayload((await new EncryptionCodec(keys).decode([payload]))[0]!);
}

test.each(VALUES)('a value comes back as it was', async (value) => {
  expect(await read(await encrypted(value), [A])).toEqual(value);
});

test('nothing of it can be seen, and no two are alike', async () => {
  const [one, two] = [await encrypted(VALUES[0]), await encrypted(VALUES[0])];
  for (const { data } of [one, two]) expect(Buffer.from(data!).toString('latin1')).not.toContain('photos');
  expect(Buffer.from(one.data!).equals(Buffer.from(two.data!))).toBe(false);
});

test('a new key comes first, the old one still reads, and what was in the clear stays readable', async () => {
  expect(await read(await encrypted(1, [A]), [B, A])).toBe(1);
  expect(await read(await encrypted(2, [B, A]), [B])).toBe(2);
  expect(await read(plain(3), [A])).toBe(3);
});

test('a key that is missing is told, a payload that was changed is refused', async () => {
  await expect(read(await encrypted(1, [A]), [B])).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    message: expect.stringContaining('temporal.payloadKeys') as string,
  });
  const payload = await encrypted({ role: 'a' });
  const data = Buffer.from(payload.data!);
  data[20]! ^= 1;
  await expect(read({ ...payload, data }, [A])).rejects.toThrow();
});
