import type { z } from 'zod';
import { defined } from '../../contracts/defined';
import { DroverError, type FailureCode, FAILURES } from '../../contracts/engine/failures';
import type { Json, JsonObject } from '../../contracts/job';
import { OPERATIONS } from '../../operations';
import { condition } from '../../operations/composing/condition';
import { PIPELINE, STEPS_MAX } from '../../operations/composing/pipeline/pipeline';
import { canSkip } from '../../operations/describe';
import { isObject, jsonSchema } from './json-schema';
import type { Route } from './route';
import { errorAnswer } from './schemas';

/** Errors of every call that signs in, then those of every call. */
const SIGN_IN_ERRORS: readonly FailureCode[] = ['CredentialsNeeded', 'InvalidCredentials', 'OriginNotAllowed'];
const SERVICE_ERRORS: readonly FailureCode[] = [
  'TooManyRequestsException',
  'InternalServiceException',
  'ServiceUnavailable',
];

const TAGS = [
  { name: 'jobs', description: 'Create, watch and change jobs' },
  { name: 'schedules', description: 'Run jobs on a schedule' },
  { name: 'session', description: 'Log in and out, for browsers' },
  { name: 'about', description: 'Operations and API description' },
];

const SECURITY_SCHEMES = {
  basic: { type: 'http', scheme: 'basic', description: 'Access key and its secret' },
  bearer: { type: 'http', scheme: 'bearer', description: 'The secret of an access key' },
  session: { type: 'apiKey', in: 'cookie', name: 'drover-session', description: 'The cookie of a login; for browsers' },
};

const DESCRIPTION = [
  'S3 Batch Operations for any S3-compatible store. The same jobs can be driven through S3 Control.',
  'An API that is bound to loopback also answers requests without credentials, as its first account.',
].join('\n');

/**
 * The OpenAPI 3.1 document of these routes. Throws when two schemas of one name differ, which is a defect of ours: the
 * tests build it.
 */
export function openApiDocument(routes: readonly Route[]): JsonObject {
  const components = new Components();
  components.define('JobOperation', jobOperation(components));
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    (paths[`/api${route.path}`] ??= {})[route.method] = operationOf(route, components);
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Drover', version: '1', description: DESCRIPTION, license: { name: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: TAGS.filter(({ name }) => routes.some(({ tag }) => tag === name)),
    paths,
    components: { schemas: components.all(), securitySchemes: SECURITY_SCHEMES },
  };
}

function operationOf(route: Route, components: Components): JsonObject {
  const { schemas } = route;
  const parameters = [
    ...parametersOf(schemas.path, 'path', components),
    ...parametersOf(schemas.query, 'query', components),
  ];
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...defined({ description: route.description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(schemas.body === undefined ? {} : { requestBody: bodyOf(route.method, schemas.body, components) }),
    ...(route.upload === undefined ? {} : { requestBody: uploadOf(route.upload) }),
    responses: { [route.status]: successOf(route, components), ...errorsOf(route, components) },
    // The empty one: see DESCRIPTION.
    security: route.open === true ? [] : [{ basic: [] }, { bearer: [] }, { session: [] }, {}],
  };
}

function bodyOf(method: Route['method'], schema: z.ZodType, components: Components): JsonObject {
  const optional = method !== 'put' && schema.safeParse({}).success;
  return { required: !optional, content: { 'application/json': { schema: components.use(schema, 'input') } } };
}

function uploadOf({ contentType, description, bytesMax }: NonNullable<Route['upload']>): JsonObject {
  const schema = { type: 'string', format: 'binary', maxLength: bytesMax };
  return { required: true, description, content: { [contentType]: { schema } } };
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query', components: Components): JsonObject[] {
  if (schema === undefined) return [];
  const { properties, required } = components.use(schema, 'input');
  return Object.entries(isObject(properties) ? properties : {}).map(([name, member]) => {
    const { description, ...rest } = isObject(member) ? member : {};
    return {
      name,
      in: where,
      required: Array.isArray(required) && required.includes(name),
      ...defined({ description }),
      schema: rest,
    };
  });
}

function successOf({ schemas, stream, summary }: Route, components: Components): JsonObject {
  const content: Record<string, Json> = {};
  if (schemas.answer !== undefined) {
    content['application/json'] = { schema: components.use(schemas.answer, 'output') };
  }
  if (stream !== undefined) {
    content[stream.contentType.replace(/;.*/, '')] = {
      schema: { type: 'string', description: stream.description },
    };
  }
  return { description: summary, ...(Object.keys(content).length === 0 ? {} : { content }) };
}

/** One answer for each status; the codes that it may have, in its description and as the error's schema. */
function errorsOf({ errors, method, open, schemas, upload }: Route, components: Components): JsonObject {
  const checked = schemas.path ?? schemas.query ?? schemas.body;
  const codes = new Set<FailureCode>([
    ...(checked === undefined ? [] : ['BadRequestException' as const]),
    ...(schemas.body === undefined && upload === undefined
      ? []
      : ['EntityTooLarge' as const, 'UnsupportedMediaType' as const]),
    ...errors,
    ...(open === true ? [] : SIGN_IN_ERRORS),
    // The answer to a key that may only view.
    ...(open === true || method === 'get' ? [] : ['AccessDenied' as const]),
    ...SERVICE_ERRORS,
  ]);
  const byStatus = new Map<number, FailureCode[]>();
  for (const code of codes) {
    const { httpStatus } = FAILURES[code];
    byStatus.set(httpStatus, [...(byStatus.get(httpStatus) ?? []), code]);
  }
  const error = components.use(errorAnswer, 'output');
  const answers = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, own]) => {
      const schema = { allOf: [error, { properties: { error: { properties: { code: { enum: own } } } } }] };
      return [String(status), { description: own.join(', '), content: { 'application/json': { schema } } }] as const;
    });
  return Object.fromEntries(answers);
}

/** One operation or a pipeline of them, and beside it the options that say for which objects. */
function jobOperation(components: Components): JsonObject {
  for (const { name, examples, parameters } of OPERATIONS) {
    components.define(`${name}Parameters`, {
      ...components.use(parameters, 'input'),
      examples: examples.map(({ parameters: given }) => given),
    });
  }
  const options = {
    When: { ...components.use(condition, 'input'), description: 'Condition that an object must meet' },
  };
  const appliesTo = {
    type: 'string',
    enum: ['Result', 'Source'],
    description: 'The object that the former steps made (default), or that of the manifest',
  };
  components.define('PipelineStep', { oneOf: elements({ ...options, AppliesTo: appliesTo }) });
  const steps = { type: 'array', minItems: 1, maxItems: STEPS_MAX, items: componentRef('PipelineStep') };
  const pipeline = {
    type: 'object',
    title: PIPELINE,
    description: 'Several operations on each object, one after the other; the next only when the former succeeded',
    properties: {
      [PIPELINE]: { type: 'object', properties: { Steps: steps }, required: ['Steps'], additionalProperties: false },
      ...options,
    },
    required: [PIPELINE],
    additionalProperties: false,
  };
  return { oneOf: [...elements(options), pipeline] };
}

function elements(options: JsonObject): JsonObject[] {
  return OPERATIONS.map((operation) => {
    const { name, summary } = operation;
    return {
      type: 'object',
      title: name,
      description: summary,
      properties: {
        [name]: componentRef(`${name}Parameters`),
        ...options,
        ...(canSkip(operation) ? { SkipIfInDesiredState: SKIP } : {}),
      },
      required: [name],
      additionalProperties: false,
    };
  });
}

const SKIP = { type: 'boolean', description: 'Skip objects that the operation would not change' };

function componentRef(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** The shared schemas of the document, by name. */
class Components {
  private readonly schemas = new Map<string, JsonObject>();
  private readonly defined = new Set<string>();

  /** The schema for use in the document: a reference when it has a name, and those inside it are. */
  use(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
    const { $defs = {}, ...rest } = withComponentRefs(jsonSchema(schema, io)) as JsonObject;
    for (const [id, definition] of Object.entries(isObject($defs) ? $defs : {})) {
      if (isObject(definition)) this.add(nameOf(id), definition);
    }
    return rest;
  }

  /** Says more than the zod schema of this name, and stands in its place. */
  define(name: string, schema: JsonObject): void {
    this.defined.add(name);
    this.schemas.set(name, schema);
  }

  private add(name: string, schema: JsonObject): void {
    if (this.defined.has(name)) return;
    const known = this.schemas.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new DroverError('InternalError', `Two schemas of the API are called ${name}`);
    }
    this.schemas.set(name, schema);
  }

  all(): JsonObject {
    return Object.fromEntries([...this.schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function withComponentRefs(value: Json): Json {
  if (Array.isArray(value)) return value.map(withComponentRefs);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, member]) => {
    const target = name === '$ref' && typeof member === 'string' ? /^#\/\$defs\/(.+)$/.exec(member)?.[1] : undefined;
    return [name, target === undefined ? withComponentRefs(member) : `#/components/schemas/${nameOf(target)}`] as const;
  });
  return Object.fromEntries(entries);
}

/** zod numbers what refers to itself and has no name; of ours, only `z.json()` does. */
function nameOf(id: string): string {
  return /^__schema\d+$/.test(id) ? 'Json' : id;
}
