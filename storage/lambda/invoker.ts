import type { InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { defined } from '../../contracts/defined';
import type { AwsClient } from '../aws/client';
import type { CallOptions, FunctionAnswer, FunctionInvoker } from '../object-store';
import type { RequestOwner } from '../request-owner';
import type { FunctionEndpoint } from './endpoint';
import { INVOKE } from './service';

/** Lambda's synchronous Invoke. A function whose answer was lost is not run again here. */
export class LambdaInvoker implements FunctionInvoker {
  /** `client`: of `endpoint`. */
  constructor(
    private readonly client: AwsClient,
    private readonly endpoint: FunctionEndpoint,
  ) {}

  /** The same, for whose requests `owner` answers. */
  ownedBy(owner: RequestOwner): LambdaInvoker {
    return new LambdaInvoker(this.client.ownedBy(owner), this.endpoint);
  }

  async invoke(functionArn: string, payload: string, { signal }: CallOptions = {}): Promise<FunctionAnswer> {
    const input = {
      ...this.endpoint.reference(functionArn),
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(payload),
    };
    const answer = await this.client.call(INVOKE, functionArn, input, signal);
    const { FunctionError, Payload } = (await this.client.parse(INVOKE, answer)) as InvokeCommandOutput;
    return {
      httpStatus: answer.status,
      ...defined({ functionError: FunctionError }),
      payload: Payload?.transformToString() ?? '',
    };
  }
}
