import { testServers } from './servers';

/** Set-up of the temporal project. */
export default async function setUp(): Promise<void> {
  await testServers().startTemporal();
}
