import { LambdaClient } from '@aws-sdk/client-lambda';
import { defined } from '../../contracts/defined';
import { RegionalEndpoint, type ServiceAddress } from '../aws/regional-endpoint';

export type FunctionServiceAddress = ServiceAddress;

/** How Invoke names a function. */
export interface FunctionReference {
  readonly FunctionName: string;
  readonly Qualifier?: string;
}

const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)(?::([^:]+))?$/;

/** Lambda, or a server that speaks its Invoke. */
export class FunctionEndpoint extends RegionalEndpoint {
  constructor(address: FunctionServiceAddress) {
    super(address, { name: 'AWS Lambda', sdkClient: (settings) => new LambdaClient(settings) });
  }

  /** Servers other than AWS know functions by their names. */
  reference(functionArn: string): FunctionReference {
    const [, name, qualifier] = FUNCTION_ARN.exec(functionArn) ?? [];
    if (this.isAws || name === undefined) return { FunctionName: functionArn };
    return { FunctionName: name, ...defined({ Qualifier: qualifier }) };
  }
}
