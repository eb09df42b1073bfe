/** Drover's client of vaults before a server on this machine, without a configuration around it. */
import { AwsClient, type AwsClientParts } from '../../../storage/aws/client';
import { RequestSerializer } from '../../../storage/aws/request-serializer';
import { VaultEndpoint } from '../../../storage/glacier/endpoint';
import { GLACIER } from '../../../storage/glacier/service';
import { GlacierVaults } from '../../../storage/glacier/vaults';
import { invocationLimits } from '../../../storage/http/adaptive-limit';
import { RETRY_LIMITS } from '../../../storage/http/retry-policy';
import { HttpTransport } from '../../../storage/http/transport';

export const IDENTITY = { accessKeyId: 'role-key', secretAccessKey: 'b', sessionToken: 'temporary/token==' };

const serializer = new RequestSerializer(GLACIER);

export function vaultsAt(
  endpoint: string,
  parts: Partial<AwsClientParts> = {},
): { readonly vaults: GlacierVaults; close(): Promise<void> } {
  const transport = new HttpTransport();
  const client = new AwsClient({
    endpoint: new VaultEndpoint({ endpoint, region: 'us-east-1' }),
    credentials: { current: () => IDENTITY, renew: async () => false },
    transport,
    serializer,
    limits: invocationLimits(),
    retry: { ...RETRY_LIMITS, backoffBaseMs: 1, backoffMaxMs: 2 },
    ...parts,
  });
  return { vaults: new GlacierVaults(client), close: () => transport.close() };
}
