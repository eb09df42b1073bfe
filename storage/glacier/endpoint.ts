import { GlacierClient } from '@aws-sdk/client-glacier';
import { RegionalEndpoint, type ServiceAddress } from '../aws/regional-endpoint';

/** Amazon Glacier, the service of vaults, or a server that speaks its calls. */
export class VaultEndpoint extends RegionalEndpoint {
  constructor(address: ServiceAddress) {
    super(address, { name: 'Amazon Glacier', sdkClient: (settings) => new GlacierClient(settings) });
  }
}
