import { z } from 'zod';
import type { SystemService } from '../../jobs/system';
import { defineRoute } from '../route';

const patterns = z.array(z.string());

const answer = z
  .strictObject({
    version: z.string().describe('The version of the program that answers'),
    temporal: z.strictObject({ address: z.string(), namespace: z.string() }),
    fleet: z
      .strictObject({
        workers: z.array(
          z.strictObject({
            identity: z.string(),
            batchSlots: z.int().describe('Batches that it takes at a time'),
            seenAt: z.iso
              .datetime()
              .optional()
              .describe('When it last asked for work; a killed one is listed for minutes'),
          }),
        ),
        queues: z.array(z.strictObject({ name: z.string(), waiting: z.int() })),
      })
      .optional()
      .describe('Absent: Temporal does not answer'),
    stores: z.array(
      z.strictObject({
        name: z.string(),
        endpoint: z.string(),
        region: z.string(),
        isReachable: z.boolean().describe('Whether it takes connections from the API'),
        problem: z.string().optional(),
      }),
    ),
    roles: z
      .array(
        z.strictObject({ arn: z.string(), read: patterns, write: patterns, functions: patterns, webhooks: patterns }),
      )
      .describe('Those of the account, as configured'),
    account: z.strictObject({ id: z.string(), priorityMax: z.int().optional(), jobsMax: z.int().optional() }),
  })
  .meta({ id: 'System' });

export interface SystemRouteDeps {
  readonly system: SystemService;
}

export function systemRoute({ system }: SystemRouteDeps) {
  return defineRoute({
    method: 'get',
    path: '/system',
    operationId: 'describeSystem',
    tag: 'about',
    summary: 'Show the version, workers, queues, stores and the roles of the account, without secrets',
    schemas: { answer },
    status: 200,
    errors: [],
    handle: async ({ account }) => ({ body: await system.view(account) }),
  });
}
