/**
 * Goal: CreateJob reads every request that the service model allows, however XML lets it be written, to one and the same
 * job, and refuses whatever the model forbids by the name of the member. Method: requests generated from the SDK's schemas
 * and the table of limits (which the stack tests hold to AWS's model), one peculiarity each, times the ways of writing XML.
 */
import { isDeepStrictEqual } from 'node:util';
import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { PlannedRequest } from '../../../../api/jobs/job-input';
import type { JobService } from '../../../../api/jobs/job-service';
import { createJob } from '../../../../api/s3control/create-job';
import { modelProblems } from '../../../../api/s3control/wire/model-check';
import { MODEL_LIMITS } from '../../../../api/s3control/wire/model-limits';
import { CREATE_JOB_REQUEST } from '../../../../api/s3control/wire/schemas';
import { readRequestBody } from '../../../../api/s3control/wire/xml';
import { DroverError } from '../../../../contracts/engine/failures';
import { OPERATIONS, parseOperation } from '../../../../operations';
import { isOfAws } from '../../../../operations/describe';
import { ACCOUNT, testRules } from '../test-app';
import { render, styles } from './wire-rendering';
import { type Members, validVariants, wrongVariants } from './wire-variants';

const VALID = validVariants();
const WRONG = wrongVariants();
const STYLES = styles();

/** What the SDK itself would send. */
function asSdk(value: Members): string {
  const serializer = new XmlShapeSerializer({
    xmlNamespace: 'http://awss3control.amazonaws.com/doc/2018-08-20/',
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: true,
    serviceNamespace: 'com.amazonaws.s3control',
  });
  serializer.write(CREATE_JOB_REQUEST, withDates(NormalizedSchema.of(CREATE_JOB_REQUEST), value));
  return String(serializer.flush());
}

function withDates(shape: NormalizedSchema, value: unknown): unknown {
  if (shape.isTimestampSchema()) return new Date(value as string);
  if (Array.isArray(value)) return value.map((item) => withDates(shape.getValueSchema(), item));
  if (typeof value !== 'object' || value === null || shape.isMapSchema()) return value;
  const members = new Map(shape.structIterator());
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withDates(members.get(name)!, one)]));
}

/** Undefined when the job was created with exactly these members; else how it was refused. */
async function refusal(body: string, expected?: Members): Promise<DroverError | undefined> {
  let created: unknown;
  const service = {
    createJob: (_account: string, { request }: PlannedRequest) => {
      created = request;
      return Promise.resolve({ jobId: 'job-1' });
    },
  } as unknown as JobService;
  try {
    await createJob(
      service,
      { parseOperation, config: testRules },
      {
        account: ACCOUNT,
        query: new URLSearchParams(),
        body: Buffer.from(body),
        passOver: () => undefined,
      },
    );
  } catch (error) {
    if (error instanceof DroverError) return error;
    throw error;
  }
  expect(created).toEqual({ ConfirmationRequired: true, ...expected });
  return undefined;
}

test(`${VALID.length} requests in ${STYLES.length + 1} ways of writing (${VALID.length * (STYLES.length + 1)} wire variants) are read exactly`, () => {
  const misread: string[] = [];
  for (const [name, value] of VALID) {
    const documents = [asSdk(value), ...STYLES.map((style) => render(CREATE_JOB_REQUEST, value, style))];
    for (const [index, document] of documents.entries()) {
      const read = readRequestBody(CREATE_JOB_REQUEST, Buffer.from(document));
      if (!isDeepStrictEqual(read, value)) misread.push(`${name}, style ${index}`);
      const problems = modelProblems(CREATE_JOB_REQUEST, { AccountId: ACCOUNT, ...read });
      if (problems.length > 0) misread.push(`${name}: ${JSON.stringify(problems)}`);
    }
  }
  expect(misread).toEqual([]);
  // The model's members in their variants, times the styles: fewer would mean that the generator has lost some.
  expect(VALID.length * STYLES.length).toBeGreaterThan(8_000);
});

const MEMBERS = new Set(Object.values(MODEL_LIMITS).flatMap(({ members }) => Object.keys(members)));

/** The last members that a variant's name has: what it is about, and what that is part of. */
function subjectsOf(name: string): string[] {
  return name
    .split(/[\s[\]{}]+/)
    .filter((word) => MEMBERS.has(word))
    .slice(-2);
}

/** Why a request that the service model allows is not carried out: all there is. */
const REASONS: readonly RegExp[] = [
  // Not configured, not had.
  /^RoleArn: the role \S+ is not configured/,
  // Had no effect with AWS either.
  /NewObjectMetadata\.(ContentLength|ContentMD5|RequesterCharged): is deprecated/,
  // Each task would fail: said before the first one.
  /: must be printable ASCII|: must be usable in the name of an HTTP header/,
  /RedirectLocation: must begin with/,
  /Permission: WRITE is a permission of buckets/,
  /: the key k is given twice|^Tags: the keys of tags must differ/,
  /ExpirationInDays: must be at least 1/,
  /ChecksumType: COMPOSITE is not possible with CRC64NVME/,
  // The model marks little as required, and nothing as alternatives.
  /: is required|Permission: must be one of FULL_CONTROL, READ, READ_ACP, WRITE_ACP/,
  /Manifest\.Spec\.Fields: Required fields are missing/,
  /: exactly one of CannedAccessControlList and AccessControlList must be given/,
  /Duration: must have either Days or Years/,
  /InvocationSchemaVersion: must be one of|UserArguments: needs InvocationSchemaVersion 2\.0/,
];

/** These are carried out whole: only an output that nobody knows where to put is refused. */
const OF_GENERATORS = /ManifestGenerator/;

test(`all ${VALID.length} are carried out unchanged, or refused by the name of what is not carried out`, async () => {
  const unnamed: string[] = [];
  const carriedOut = new Set<string>();
  let accepted = 0;
  const used = new Set<RegExp>();
  for (const [name, value] of VALID) {
    const refused = await refusal(render(CREATE_JOB_REQUEST, value), value);
    if (refused === undefined) {
      Object.keys(value['Operation'] as object).forEach((operation) => carriedOut.add(operation));
      accepted += 1;
      continue;
    }
    if (OF_GENERATORS.test(refused.message) && !/least$|without ManifestOutputLocation/.test(name)) {
      unnamed.push(`${name}: ${refused.message}`);
    }
    const reason = REASONS.find((one) => one.test(refused.message));
    if (reason !== undefined) used.add(reason);
    const several = /\b(whole|least|without)\b/.test(name);
    const named = several || subjectsOf(name).some((subject) => refused.message.includes(subject));
    if (!named || reason === undefined || refused.httpStatus >= 500) {
      unnamed.push(`${name}: ${refused.code} ${refused.message}`);
    }
  }
  expect(unnamed).toEqual([]);
  expect([...carriedOut].sort()).toEqual(OPERATIONS.filter(isOfAws).map(({ name }) => name));
  // A reason that is no longer given is a member that is carried out by now.
  expect(REASONS.filter((reason) => !used.has(reason))).toEqual([]);
  expect(accepted).toBeGreaterThan(250);
}, 60_000);

test(`${WRONG.length} requests that break one rule each are refused by the name of the member`, async () => {
  const let_pass: string[] = [];
  for (const { name, path, value } of WRONG) {
    for (const style of [STYLES[0], STYLES.at(-1)]) {
      const refused = await refusal(render(CREATE_JOB_REQUEST, value, style)).catch(() => undefined);
      const last =
        path
          .split('.')
          .filter((part) => !/^\d+$/.test(part))
          .at(-1) ?? '';
      const expected = refused !== undefined && ['BadRequestException', 'MalformedXML'].includes(refused.code);
      if (!expected || !refused.message.includes(last)) let_pass.push(`${name}: ${refused?.code} ${refused?.message}`);
    }
  }
  expect(let_pass).toEqual([]);
  expect(WRONG.length).toBeGreaterThan(500);
}, 60_000);
