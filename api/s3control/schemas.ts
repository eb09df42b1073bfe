import {
  CreateJobRequest$,
  JobOperation$,
  S3CopyObjectOperation$,
  S3Retention$,
  S3SetObjectRetentionOperation$,
} from '@aws-sdk/client-s3-control';

type StaticStructureSchema = typeof CreateJobRequest$;
type Members = Readonly<Record<string, StaticStructureSchema[5][number]>>;

const STRING = 0;
const INTEGER = 1;

/** A structure with further members; those of the same name are replaced. */
function withMembers(schema: StaticStructureSchema, more: Members): StaticStructureSchema {
  const [kind, namespace, name, traits, names, members] = schema;
  const all = new Map(names.map((member, index) => [member, members[index] as Members[string]]));
  for (const [member, shape] of Object.entries(more)) all.set(member, shape);
  return [kind, namespace, name, traits, [...all.keys()], [...all.values()]];
}

const namespace = CreateJobRequest$[1];
const eventHoldDuration = (name: string): StaticStructureSchema => [
  3,
  namespace,
  name,
  0,
  ['Days', 'Years'],
  [INTEGER, INTEGER],
];
const copyHold = eventHoldDuration('S3ObjectLockEventHoldDuration');
const retentionHold = eventHoldDuration('S3ObjectLockRetentionEventHoldDuration');

const copy = withMembers(S3CopyObjectOperation$, {
  AnnotationDirective: STRING,
  ObjectLockEventHold: STRING,
  ObjectLockEventHoldDuration: () => copyHold,
});
const retention = withMembers(S3Retention$, { EventHold: STRING, EventHoldDuration: () => retentionHold });
const setRetention = withMembers(S3SetObjectRetentionOperation$, { Retention: () => retention });
const operation = withMembers(JobOperation$, {
  S3PutObjectCopy: () => copy,
  S3PutObjectRetention: () => setRetention,
});

/**
 * The SDK's schema of CreateJob's request, with what the service model has gained since (2026): newer clients send these
 * members, and they are to be refused by their name rather than as unknown elements.
 */
export const CREATE_JOB_REQUEST: StaticStructureSchema = withMembers(CreateJobRequest$, {
  Operation: () => operation,
});
