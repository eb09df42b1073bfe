import { withoutTrailingSlashes } from '../../contracts/text/text';
import type { ServiceEndpoint, Target } from './service';

/** Where a service is that has one endpoint for all of its resources. */
export interface ServiceAddress {
  /** Absent: AWS's own, for the region. */
  readonly endpoint?: string;
  readonly region: string;
}

/** What an SDK's client knows of the endpoints of its service. */
interface EndpointClient {
  readonly config: {
    useFipsEndpoint(): Promise<boolean>;
    useDualstackEndpoint(): Promise<boolean>;
    endpointProvider(input: object): { readonly url: URL };
  };
}

/** AWS's endpoint of a service in a region, or another server that speaks its calls. */
export class RegionalEndpoint implements ServiceEndpoint {
  readonly region: string;
  private target: Target | undefined;

  constructor(
    private readonly address: ServiceAddress,
    private readonly service: {
      /** For messages: `AWS Lambda`. */
      readonly name: string;
      readonly sdkClient: (settings: { readonly region: string }) => EndpointClient;
    },
  ) {
    this.region = address.region;
  }

  get isAws(): boolean {
    return this.address.endpoint === undefined;
  }

  describe(): string {
    return `${this.address.endpoint ?? this.service.name} (${this.region})`;
  }

  route(): Target | Promise<Target> {
    return this.target ?? this.resolve();
  }

  private async resolve(): Promise<Target> {
    const { origin, host, pathname } = await this.url();
    return (this.target = { origin, host, pathPrefix: withoutTrailingSlashes(pathname) });
  }

  private async url(): Promise<URL> {
    const { endpoint, region } = this.address;
    if (endpoint !== undefined) return new URL(endpoint);
    const { config } = this.service.sdkClient({ region });
    const [UseFIPS, UseDualStack] = await Promise.all([config.useFipsEndpoint(), config.useDualstackEndpoint()]);
    return config.endpointProvider({ Region: region, UseFIPS, UseDualStack }).url;
  }
}
