/**
 * Goal: the OpenAPI document is valid, says what the API does and nothing else: every route, every answer, every operation,
 * every error. Method: the document as it is served is checked by an OpenAPI parser and compared with the routes; real
 * answers of every route are held to the schemas it is made of.
 */
import { validate } from '@readme/openapi-parser';
import request from 'supertest';
import { z } from 'zod';
import { manifestUploads } from '../../../../api/jobs/manifest-uploads';
import { objectAccess } from '../../../../api/jobs/object-access';
import type { ScheduleDetails, ScheduleService } from '../../../../api/jobs/schedule-service';
import { systemService } from '../../../../api/jobs/system';
import { openApiDocument } from '../../../../api/rest/openapi';
import { defineRoute, type Route } from '../../../../api/rest/route';
import { errorAnswer } from '../../../../api/rest/schemas';
import { ACCESS_POINT_ARN, BUCKET_ARN, OBJECT_ARN } from '../../../../contracts/arn';
import { type FailureCode, FAILURES } from '../../../../contracts/engine/failures';
import { REST_ROUTES } from '../../../../dev/docs/rest-routes';
import { OPERATIONS } from '../../../../operations';
import { canSkip, describeCondition, describeParameters, isOfAws } from '../../../../operations/describe';
import type { ObjectStore, Stores } from '../../../../storage/object-store';
import { snapshotOf, tally } from '../fake-gateway';
import { ACCOUNT, jobRequest, planned, testApp, USER, WORKSPACE } from '../test-app';

const TEMPLATE = (() => {
  const { ClientRequestToken: _token, ...template } = jobRequest();
  return template;
})();

const SCHEDULE: ScheduleDetails = {
  scheduleId: 'nightly',
  operation: 'S3DeleteObjectTagging',
  manifest: TEMPLATE.Manifest.Location.ObjectArn,
  spec: { Cron: ['0 2 * * *'] },
  overlap: 'Skip',
  paused: false,
  createdAt: '2026-11-22T12:00:00.000Z',
  nextRunTimes: ['2026-11-23T02:00:00.000Z'],
  template: TEMPLATE,
  runs: [{ startedAt: '2026-11-22T12:00:00.000Z', jobId: 'abcde', status: 'Active' }],
  runsTaken: 1,
  runsSkipped: 0,
  runsMissed: 0,
};

const {
  template: _template,
  runs: _runs,
  runsTaken: _taken,
  runsSkipped: _skipped,
  runsMissed: _m,
  ...VIEW
} = SCHEDULE;

const schedules: ScheduleService = {
  create: async () => VIEW,
  list: async () => ({ schedules: [VIEW] }),
  describe: async () => SCHEDULE,
  pause: async () => VIEW,
  resume: async () => VIEW,
  runNow: async () => ({ run: SCHEDULE.runs[0]! }),
  delete: async () => undefined,
};

const REPORT = { Results: [{ TaskExecutionStatus: 'failed', Bucket: 'rep', Key: 'f.csv', Other: [1, { a: null }] }] };

function storesWithReport(): Stores {
  const store = {
    read: async () => Buffer.from(JSON.stringify(REPORT)),
    readStream: async () => ({ etag: '', body: [Buffer.from('a\n')] }),
    put: async () => ({ etag: 'e' }),
  } as unknown as ObjectStore;
  return { forRole: () => ({ storeFor: () => store }), workspace: () => store } as unknown as Stores;
}

const NOWHERE = { address: '127.0.0.1:1', namespace: 'default' };
const FLEET = {
  workers: [{ identity: 'drover-1@host#8', batchSlots: 8, seenAt: '2026-11-22T12:00:00.000Z' }],
  queues: [{ name: 'batches', waiting: 3 }],
};

function app() {
  const stores = storesWithReport();
  return testApp({
    schedules,
    system: systemService({ stores: [], roles: [], accounts: [], temporal: NOWHERE }, async () => FLEET),
    objects: objectAccess(stores, WORKSPACE),
    uploads: manifestUploads(stores, WORKSPACE),
    vaults: {
      list: () => Promise.resolve([{ name: 'photos', arn: 'a', createdAt: new Date(0), archives: 1, bytes: 2 }]),
    },
    previews: {
      async *open() {
        yield Buffer.from('{"totals":{}}\n');
      },
    },
  });
}

/** Schema of an error's body: the one of all errors, and the codes that this answer may have. */
interface ErrorSchema {
  readonly allOf?: readonly [
    object,
    { readonly properties: { readonly error: { readonly properties: { readonly code: { enum: FailureCode[] } } } } },
  ];
}

interface Structure {
  readonly properties: Record<string, { readonly $ref?: string }>;
  readonly required?: string[];
  readonly oneOf: readonly { readonly title: string; readonly properties: object }[];
  readonly examples?: unknown;
}

interface OperationObject {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { name: string; in: string; required: boolean }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Record<string, { content?: Record<string, { schema: ErrorSchema }> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, OperationObject>>;
  readonly components: { readonly schemas: Record<string, Structure> };
}

async function served(): Promise<Document> {
  const answer = await request(app().app).get('/api/openapi.json').set({ host: 'anywhere.example' }).expect(200);
  return answer.body as Document;
}

describe('GET /api/openapi.json', () => {
  test('is a valid OpenAPI 3.1 document, and needs no credentials', async () => {
    const document = await served();
    expect(document.openapi).toMatch(/^3\.1\./);
    const result = await validate(structuredClone(document) as never);
    expect(result).toMatchObject({ valid: true });
    expect(JSON.stringify(document)).not.toContain('#/$defs/');
  });

  test('is not taken for valid when a reference leads nowhere', async () => {
    const document = structuredClone(await served());
    delete document.components.schemas['JobLimits'];
    await expect(
      validate(document as never).then(
        ({ valid }) => valid,
        () => false,
      ),
    ).resolves.toBe(false);
  });

  test('has every route and no other', async () => {
    const { paths } = await served();
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
    );
    expect(documented.sort()).toEqual(
      REST_ROUTES.map(({ method, path, operationId }) => `${method} /api${path} ${operationId}`).sort(),
    );
    expect(new Set(REST_ROUTES.map(({ operationId }) => operationId)).size).toBe(REST_ROUTES.length);
    expect(REST_ROUTES.length).toBeGreaterThan(20);
  });

  test.each(REST_ROUTES.map((route) => [route.operationId, route] as const))(
    '%s: parameters, body, answers',
    async (_id, route) => {
      const operation = (await served()).paths[`/api${route.path}`]![route.method]!;
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = operation.parameters ?? [];
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath);
      expect(parameters.every((one) => one.required === (one.in === 'path'))).toBe(true);
      expect(operation.requestBody !== undefined).toBe((route.schemas.body ?? route.upload) !== undefined);
      const codes = Object.entries(operation.responses).flatMap(([status, { content }]) => {
        const schema = content?.['application/json']?.schema;
        const own = schema?.allOf?.[1].properties.error.properties.code.enum ?? [];
        for (const code of own) expect([code, FAILURES[code].httpStatus]).toEqual([code, Number(status)]);
        return own;
      });
      expect(codes).toEqual(expect.arrayContaining([...route.errors, 'InternalServiceException']));
      expect(operation.security).toEqual(
        route.open === true ? [] : [{ basic: [] }, { bearer: [] }, { session: [] }, {}],
      );
      expect(Object.keys(operation.responses)).toContain(String(route.status));
    },
  );

  test('has every operation of a job with its parameters', async () => {
    const { paths, components } = await served();
    expect(paths['/api/jobs']!['post']!.requestBody).toMatchObject({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/CreateJobRequest' } } },
    });
    const schemaOf = (name: string): Structure => components.schemas[name]!;
    for (const schema of ['CreateJobRequest', 'JobTemplate', 'JobRequest'].map(schemaOf)) {
      expect(schema.properties['Operation']!.$ref).toBe('#/components/schemas/JobOperation');
      expect(schema.properties['Source']!.$ref).toBe('#/components/schemas/JobSource');
      expect(schema.oneOf).toEqual(['Manifest', 'ManifestGenerator', 'Source'].map((one) => ({ required: [one] })));
    }
    expect(schemaOf('CreateJobRequest').required!.sort()).toEqual(['Operation']);
    const names = OPERATIONS.map(({ name }) => name);
    expect(schemaOf('JobOperation').oneOf.map(({ title }) => title)).toEqual([...names, 'Pipeline']);
    expect(schemaOf('PipelineStep').oneOf.map(({ title }) => title)).toEqual(names);
    expect(Object.keys(schemaOf('Condition').properties)).toEqual(describeCondition().map(({ name }) => name));
    expect(schemaOf('Condition').properties['Not']!.$ref).toBe('#/components/schemas/Condition');
    for (const [index, operation] of OPERATIONS.entries()) {
      for (const [schema, more] of [
        ['JobOperation', []],
        ['PipelineStep', ['AppliesTo']],
      ] as const) {
        const options = ['When', ...more, ...(canSkip(operation) ? ['SkipIfInDesiredState'] : [])];
        expect(Object.keys(schemaOf(schema).oneOf[index]!.properties)).toEqual([names[index], ...options]);
      }
    }
    for (const operation of OPERATIONS) {
      const parameters = schemaOf(`${operation.name}Parameters`);
      const described = describeParameters(operation);
      expect(Object.keys(parameters.properties).sort()).toEqual(described.map(({ name }) => name).sort());
      expect((parameters.required ?? []).sort()).toEqual(
        described.flatMap(({ name, required }) => (required ? [name] : [])).sort(),
      );
      expect(parameters.examples).toEqual(operation.examples.map(({ parameters: given }) => given));
    }
  });

  test('says what members need together, as the API does', async () => {
    const { schemas } = (await served()).components as unknown as {
      schemas: Record<string, { properties: Record<string, Record<string, unknown>> } & Record<string, unknown>>;
    };
    const { Report, Manifest } = schemas['CreateJobRequest']!.properties;
    expect(Report).toMatchObject({
      if: { properties: { Enabled: { const: true } } },
      then: { required: ['Bucket', 'Format', 'ReportScope'] },
      properties: { Bucket: { pattern: BUCKET_ARN.source } },
    });
    const once = (field: string, minContains: number): object => ({
      contains: { const: field },
      minContains,
      maxContains: 1,
    });
    expect(Manifest).toMatchObject({
      properties: {
        Spec: { properties: { Fields: { allOf: [once('Bucket', 1), once('Key', 1), once('VersionId', 0)] } } },
        Location: {
          properties: { ObjectArn: { pattern: OBJECT_ARN.source, not: { pattern: ACCESS_POINT_ARN.source } } },
        },
      },
    });
    expect(schemas['S3PutObjectCopyParameters']!.properties['TargetResource']).toMatchObject({
      pattern: BUCKET_ARN.source,
    });
    expect(schemas['ScheduleSpec']).toMatchObject({
      oneOf: [{ required: ['Cron'] }, { required: ['EverySeconds'] }],
      dependentRequired: { TimeZone: ['Cron'] },
    });
  });

  test('cannot be made of two schemas that share a name', () => {
    const route = (path: string, answer: z.ZodType) =>
      defineRoute({
        method: 'get',
        path,
        operationId: path,
        tag: 'about',
        summary: '',
        schemas: { answer },
        status: 200,
        errors: [],
        handle: async () => ({}),
      });
    const twice = (a: z.ZodType) => z.strictObject({ a }).meta({ id: 'Twice' });
    expect(() => openApiDocument([route('/a', twice(z.string())), route('/b', twice(z.string()))])).not.toThrow();
    expect(() => openApiDocument([route('/a', twice(z.string())), route('/b', twice(z.number()))])).toThrow(
      /called Twice/,
    );
  });
});

describe('real answers', () => {
  /** What is sent for each route, by operationId; `{jobId}` is a job that exists. */
  const SENT: Record<string, { readonly body?: object | string; readonly query?: string }> = {
    createJob: { body: { ...TEMPLATE, Limits: { TasksPerSecond: 5 }, Tags: [{ Key: 'k', Value: '' }] } },
    listJobs: { query: '?jobStatuses=Active&jobStatuses=Paused&maxResults=1' },
    pauseJob: { body: { reason: 'lunch' } },
    pauseAllJobs: { body: { reason: 'the store is moved' } },
    setJobPriority: { body: { priority: 4 } },
    setJobLimits: { body: { FailureThreshold: { FailedShare: 0.1 } } },
    putJobTags: { body: { tags: [{ Key: 'k', Value: 'v' }] } },
    putManifest: { body: 'herd,cow\n' },
    previewSource: { body: { Source: { Keys: [{ Bucket: 'herd', Key: 'cow' }] } } },
    createSession: { body: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secretsecret' } },
    createSchedule: { body: { spec: { Cron: '0 2 * * *' }, template: TEMPLATE } },
  };
  const STATUS: Partial<Record<string, Parameters<typeof snapshotOf>>> = {
    resumeJob: ['Paused', { pausedBy: 'user' }],
    confirmJob: ['Suspended', { suspendedAt: '2026-11-22T12:00:00.000Z', totalTasks: 3 }],
    retryJob: ['Complete', { totalTasks: 5, tally: tally(4, 1) }],
    getJobReport: ['Complete', { reportManifestKey: 'p/manifest.json' }],
    searchJobReport: ['Complete', { reportManifestKey: 'p/manifest.json' }],
    groupJobFailures: ['Complete', { reportManifestKey: 'p/manifest.json' }],
    describeJob: [
      'Paused',
      {
        totalTasks: 9,
        tally: tally(4, 1),
        pausedBy: 'priority',
        limits: { Concurrency: 3, FailureThreshold: { FailedTasks: 0 } },
        failureReasons: [{ FailureCode: 'A', FailureReason: 'b' }],
        waitingFor: 'x',
        terminatedAt: '2026-11-22T12:00:00.000Z',
      },
    ],
  };

  test.each(REST_ROUTES.map((route) => [route.operationId, route] as const))('%s', async (operationId, route) => {
    const test = app();
    const { jobId } = await test.service.createJob(
      ACCOUNT,
      planned(
        jobRequest({
          Description: 'd',
          Report: {
            Enabled: true,
            Bucket: 'arn:aws:s3:::rep',
            Format: 'Report_CSV_20180820',
            ReportScope: 'AllTasks',
          },
          NotificationUrl: 'https://hooks.example/drover/x',
          Tags: [{ Key: 'k', Value: 'v' }],
        }),
      ),
    );
    const [status, more] = STATUS[operationId] ?? ['Active', {}];
    test.gateway.set(jobId, snapshotOf(status, more));
    const { body, query = '' } = SENT[operationId] ?? {};
    const path = `/api${route.path.replace('{jobId}', jobId).replace('{scheduleId}', 'nightly')}${query}`;
    const sending = request(test.app)[route.method](path).set(USER);
    if (route.upload !== undefined) sending.type(route.upload.contentType);
    const answer = await (body === undefined ? sending : sending.send(body));
    expect([answer.status, answer.body.error]).toEqual([route.status, undefined]);
    if (route.stream !== undefined && route.schemas.answer === undefined) {
      expect(answer.type).toBe(route.stream.contentType);
    } else if (route.schemas.answer === undefined) expect([answer.text, answer.body]).toEqual(['', {}]);
    else {
      expect(route.schemas.answer.safeParse(answer.body).error).toBeUndefined();
      expect(strictly(route).safeParse(answer.body).error).toBeUndefined();
    }
  });

  test('of errors', async () => {
    const { body } = await request(app().app).get('/api/jobs/no-such-job').set(USER).expect(404);
    expect(errorAnswer.safeParse(body).error).toBeUndefined();
  });

  test('would be found out when they have a member more', () => {
    const route = REST_ROUTES.find(({ operationId }) => operationId === 'pauseJob')!;
    expect(strictly(route).safeParse({ jobId: 'x', status: 'Active', more: 1 }).success).toBe(false);
  });
});

/** What zod can't read of JSON Schema, or reads otherwise: patterns without `u`. */
const NOT_FOR_ZOD = new Set(['pattern', 'if', 'then', 'else', 'not', 'oneOf', 'dependentRequired']);

/** The document says of plain objects, too, that they have no other members. */
function strictly(route: Route): z.ZodType {
  const { answer } = route.schemas;
  if (answer === undefined) throw new Error(`${route.operationId} has no answer`);
  const text = JSON.stringify(z.toJSONSchema(answer, { io: 'output' }), (name, value: unknown) =>
    NOT_FOR_ZOD.has(name) ? undefined : value,
  );
  return z.fromJSONSchema(JSON.parse(text));
}

describe('GET /api/operations', () => {
  test('has what a form needs of each', async () => {
    const { body } = await request(app().app).get('/api/operations').expect(200);
    expect(body.operations.map(({ name }: { name: string }) => name)).toEqual(OPERATIONS.map(({ name }) => name));
    const condition = z.fromJSONSchema(body.when);
    expect(condition.safeParse({ Not: { OlderThanDays: 3 } }).success).toBe(true);
    expect(condition.safeParse({ Not: { OlderThanDays: 'x' } }).success).toBe(false);
    for (const [index, operation] of OPERATIONS.entries()) {
      const { parameters, ...rest } = body.operations[index];
      const { name, summary, call, reference, success, rerun, examples } = operation;
      const origin = isOfAws(operation) ? 'AWS' : 'Drover';
      const skipIfInDesiredState = canSkip(operation);
      const texts = { name, origin, summary, call, reference, success, rerun };
      expect(rest).toEqual({ ...texts, skipIfInDesiredState, examples });
      expect(parameters.type).toBe('object');
      expect(Object.keys(parameters.properties)).toEqual(describeParameters(operation).map((one) => one.name));
    }
  });
});
