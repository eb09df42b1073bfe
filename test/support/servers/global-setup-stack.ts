import { testServers } from './servers';

/** Set-up of the stack project. */
export default async function setUp(): Promise<void> {
  await testServers().startTemporal();
  await testServers().startSeaweedFs();
}
