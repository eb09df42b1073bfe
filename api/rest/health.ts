import type { RequestHandler } from 'express';
import type { JobService } from '../jobs/job-service';

/** GET /healthz: 200 when Temporal answers, else 503 naming what is missing. Needs no credentials and tells no secrets. */
export function healthHandler(service: JobService, temporalAddress: string): RequestHandler {
  return async (_request, response) => {
    try {
      await service.ping();
      response.json({ status: 'ok' });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      response
        .status(503)
        .json({ status: 'unavailable', missing: [{ name: 'Temporal', address: temporalAddress, message }] });
    }
  };
}
