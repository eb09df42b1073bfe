/** Goal: a store that is not there is named, with the setting that says where it should be. Method: a port that nobody listens on. */
import type { StoreConfig } from '../../../config/config';
import { ensureBuckets } from '../../../dev/buckets';
import { freePorts } from '../../../dev/parts/ports';

test('a store that does not answer is told by its address and its setting', async () => {
  const endpoint = `http://127.0.0.1:${await freePorts(1)}`;
  const credentials = { kind: 'static' as const, accessKeyId: 'a', secretAccessKey: 'b' };
  const store: StoreConfig = { name: 'x', endpoint, region: 'us-east-1', pathStyle: true, credentials, buckets: [] };
  await expect(ensureBuckets(store, credentials, ['bucket'], 'stores.x.endpoint')).rejects.toThrow(
    `no store answers at ${endpoint} (stores.x.endpoint): ECONNREFUSED. Start it, or set another address`,
  );
});
