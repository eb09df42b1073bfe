import { testServers } from './servers';

/** Of the stack project. */
export default async function setUp(): Promise<void> {
  await testServers().startTemporal();
  await testServers().startSeaweedFs();
}
