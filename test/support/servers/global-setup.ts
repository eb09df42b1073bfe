import { testServers } from './servers';

/** Of the temporal project. */
export default async function setUp(): Promise<void> {
  await testServers().startTemporal();
}
