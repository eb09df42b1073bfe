import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openApiDocument } from '../../api/rest/openapi';
import type { Json, JsonObject } from '../../contracts/job';
import { PROJECT_ROOT } from '../parts/project-root';
import { REST_ROUTES } from './rest-routes';

const HEADER = '/** Generated from the OpenAPI document: `npm run docs`. */\n';
/** Its program, for the library is in parts an ES module, which tests do not load. */
const GENERATOR = join(PROJECT_ROOT, 'node_modules', 'openapi-typescript', 'bin', 'cli.js');

/** `console/client/schema.d.ts`: the REST API as types. */
export function consoleTypes(): string {
  const document = JSON.stringify(thinned(openApiDocument(REST_ROUTES)));
  return HEADER + execFileSync(process.execPath, [GENERATOR], { input: document, encoding: 'utf8' });
}

/**
 * The document without its texts, with one error for all calls, and with any object as a job's operation: the console reads
 * what operations take when it runs, so that a new operation changes nothing in it.
 */
function thinned(document: JsonObject): JsonObject {
  const { paths, components } = withoutTexts(document) as { paths: JsonObject; components: { schemas: JsonObject } };
  const schemas = Object.fromEntries(
    Object.entries(components.schemas).filter(([name]) => !name.endsWith('Parameters') && name !== 'PipelineStep'),
  );
  const anyObject = { type: 'object', additionalProperties: {} };
  return { ...document, paths: oneError(paths), components: { schemas: { ...schemas, JobOperation: anyObject } } };
}

function oneError(paths: JsonObject): JsonObject {
  const error = {
    description: '',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
  return mapValues(paths, (calls) =>
    mapValues(calls as JsonObject, (call) => {
      const { responses, ...rest } = call as { responses: JsonObject };
      const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      return { ...rest, responses: { ...Object.fromEntries(successes), default: error } };
    }),
  );
}

/** Also what a member is called, as there are members of the name `description`, stays. */
function withoutTexts(value: Json, isMembers = false): Json {
  if (Array.isArray(value)) return value.map((each) => withoutTexts(each));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, member]) => isMembers || !TEXTS.includes(name) || typeof member === 'object',
  );
  return Object.fromEntries(
    kept.map(([name, member]) => [name, withoutTexts(member, !isMembers && name === 'properties')]),
  );
}

const TEXTS = ['description', 'summary', 'title', 'pattern', 'format', 'minLength', 'maxLength', 'minimum', 'maximum'];

function mapValues(object: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
