import { HttpTransport } from './transport';

/** Stores of the same authorities share connections. */
export class Transports {
  private readonly transports = new Map<string | undefined, HttpTransport>();

  of(ca: string | undefined): HttpTransport {
    let transport = this.transports.get(ca);
    if (!transport) this.transports.set(ca, (transport = new HttpTransport(ca === undefined ? {} : { ca })));
    return transport;
  }

  async close(): Promise<void> {
    await Promise.all([...this.transports.values()].map((transport) => transport.close()));
  }
}
