/** A WebhookInvoker in memory: a handler answers, faults strike as in the memory store (method `post`, key = URL). */
import type { CallOptions, WebhookAnswer, WebhookInvoker } from '../../../storage/object-store';
import { Faults } from './faults';
import { type FunctionRequest, results } from './functions';

export class MemoryWebhooks implements WebhookInvoker {
  readonly faults = new Faults();
  handler: (request: FunctionRequest, id: string) => WebhookAnswer | Promise<WebhookAnswer> = (request) => {
    const { httpStatus, payload } = results(request, 'Succeeded', 'done');
    return { httpStatus, body: payload };
  };

  /** Everything that was posted, in order. */
  get requests(): FunctionRequest[] {
    return this.faults.calls.map(({ input }) => JSON.parse(input as string) as FunctionRequest);
  }

  post(url: string, id: string, payload: string, options: CallOptions = {}): Promise<WebhookAnswer> {
    const call = { method: 'post', bucket: '', key: url, input: payload };
    return this.faults.run(call, options.signal, () => this.handler(JSON.parse(payload) as FunctionRequest, id));
  }
}
