import { LambdaClient } from '@aws-sdk/client-lambda';
import { defined } from '../../contracts/defined';
import { withoutTrailingSlashes } from '../../contracts/text/text';
import type { ServiceEndpoint, Target } from '../aws/service';

export interface FunctionServiceAddress {
  /** Absent: AWS's own, for the region. */
  readonly endpoint?: string;
  readonly region: string;
}

/** How Invoke names a function. */
export interface FunctionReference {
  readonly FunctionName: string;
  readonly Qualifier?: string;
}

const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)(?::([^:]+))?$/;

/** Lambda, or a server that speaks its Invoke. */
export class FunctionEndpoint implements ServiceEndpoint {
  readonly region: string;
  private target: Target | undefined;

  constructor(private readonly address: FunctionServiceAddress) {
    this.region = address.region;
  }

  describe(): string {
    return `${this.address.endpoint ?? 'AWS Lambda'} (${this.region})`;
  }

  route(): Target | Promise<Target> {
    return this.target ?? this.resolve();
  }

  /** Servers other than AWS know functions by their names. */
  reference(functionArn: string): FunctionReference {
    const [, name, qualifier] = FUNCTION_ARN.exec(functionArn) ?? [];
    if (this.address.endpoint === undefined || name === undefined) return { FunctionName: functionArn };
    return { FunctionName: name, ...defined({ Qualifier: qualifier }) };
  }

  private async resolve(): Promise<Target> {
    const { origin, host, pathname } = await this.url();
    return (this.target = { origin, host, pathPrefix: withoutTrailingSlashes(pathname) });
  }

  private async url(): Promise<URL> {
    const { endpoint, region } = this.address;
    if (endpoint !== undefined) return new URL(endpoint);
    const { config } = new LambdaClient({ region });
    const [UseFIPS, UseDualStack] = await Promise.all([config.useFipsEndpoint(), config.useDualstackEndpoint()]);
    return config.endpointProvider({ Region: region, UseFIPS, UseDualStack }).url;
  }
}
