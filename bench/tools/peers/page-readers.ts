import { RequestSerializer } from '../../../storage/aws/request-serializer';
import { readListPage } from '../../../storage/s3/listing/list-page-xml';
import { S3_OPERATIONS } from '../../../storage/s3/s3-operations';
import { S3 } from '../../../storage/s3/service';
import { listedPage } from './listed-keys';

const KEYS = 1_000;
const WARM_UP = 20;
const ROUNDS = 100;

/** Milliseconds that one page of a listing takes to be read. */
export async function measurePages(): Promise<{
  readonly keys: number;
  readonly sdkMs: number;
  readonly ownMs: number;
}> {
  const xml = listedPage('deep', KEYS, 0, KEYS);
  const serializer = new RequestSerializer(S3);
  const answer = (): { status: number; headers: object; body: Buffer } => ({
    status: 200,
    headers: {},
    body: Buffer.from(xml),
  });
  const sdkMs = await average(() => serializer.deserialize(S3_OPERATIONS.listObjects, answer() as never));
  const ownMs = await average(() => {
    if (readListPage(answer().body.toString(), 'bench')?.entries.length !== KEYS) {
      throw new Error('the page is not read');
    }
    return Promise.resolve({});
  });
  return { keys: KEYS, sdkMs, ownMs };
}

async function average(read: () => Promise<object>): Promise<number> {
  for (let round = 0; round < WARM_UP; round++) await read();
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) await read();
  return (performance.now() - start) / ROUNDS;
}
