import { z } from 'zod';
import { defineRoute } from '../route';

const answer = z.looseObject({ openapi: z.string() });

export function openApiRoute(document: () => unknown) {
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    tag: 'about',
    summary: 'This document',
    schemas: { answer },
    status: 200,
    open: true,
    errors: [],
    handle: () => Promise.resolve({ body: document() }),
  });
}
