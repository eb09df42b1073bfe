import {
  CreateJobRequest$,
  DescribeJobResult$,
  JobDescriptor$,
  JobManifestSpec$,
  JobOperation$,
  S3CopyObjectOperation$,
  S3Retention$,
  S3SetObjectRetentionOperation$,
} from '@aws-sdk/client-s3-control';
import { OPERATIONS } from '../../../operations';
import { condition } from '../../../operations/composing/condition';
import { parameterShape } from '../../../operations/parameter-shape';
import { jobRequest } from '../../requests/schemas';
import { manifestSpec } from '../../requests/sources/manifest';
import {
  BOOLEAN,
  INTEGER,
  ownList,
  ownStructure,
  referred,
  type ShapeRef,
  STRING,
  structureOf,
  type StructureShape,
  withMembers,
} from './derived-schema';
import { refuseElements } from './unknown-elements';

const namespace = CreateJobRequest$[1];
const eventHoldDuration = (name: string): StructureShape => [
  3,
  namespace,
  name,
  0,
  ['Days', 'Years'],
  [INTEGER, INTEGER],
];
const copyHold = eventHoldDuration('S3ObjectLockEventHoldDuration');
const retentionHold = eventHoldDuration('S3ObjectLockRetentionEventHoldDuration');
const retention = withMembers(S3Retention$, { EventHold: STRING, EventHoldDuration: () => retentionHold });

/**
 * Operations of which the service model has gained members since the release of the SDK's client of S3 Control (2026): newer clients send
 * these, and the SDK's client of S3 has them.
 */
const NEWER: Readonly<Record<string, StructureShape>> = {
  S3PutObjectCopy: withMembers(S3CopyObjectOperation$, {
    AnnotationDirective: STRING,
    ObjectLockEventHold: STRING,
    ObjectLockEventHoldDuration: () => copyHold,
  }),
  S3PutObjectRetention: withMembers(S3SetObjectRetentionOperation$, { Retention: () => retention }),
};

/** AWS's shape of an operation; undefined for Drover's own. */
function awsShape(name: string): StructureShape | undefined {
  const known = JobOperation$[5][JobOperation$[4].indexOf(name)];
  return NEWER[name] ?? (known === undefined ? undefined : referred(known).structure);
}

const operations: Readonly<Record<string, ShapeRef>> = Object.fromEntries(
  OPERATIONS.map(({ name, parameters }) => {
    const shape = structureOf(parameterShape(parameters), name, awsShape(name));
    return [name, () => shape];
  }),
);

const when = structureOf(parameterShape(condition), 'When');
const besides = { When: () => when, SkipIfInDesiredState: BOOLEAN };

/** A step is an Operation element of its own, without pipelines, for the object that it names. */
const step = ownStructure('PipelineStep', { ...operations, ...besides, AppliesTo: STRING });
const pipeline = ownStructure('Pipeline', { Steps: ownList('PipelineSteps', () => step) });

refuseElements(JobOperation$[2], 'all');
/** Members of REST's requests that this wire does not have. */
refuseElements(
  CreateJobRequest$[2],
  Object.keys(jobRequest.shape).filter((member) => !CreateJobRequest$[4].includes(member)),
);

/** REST has more here. */
refuseElements(
  JobManifestSpec$[2],
  Object.keys(manifestSpec.shape).filter((member) => !JobManifestSpec$[4].includes(member)),
);

/** AWS's Operation element with everything that Drover takes in it. */
const operation = withMembers(JobOperation$, { ...operations, ...besides, Pipeline: () => pipeline });

export const CREATE_JOB_REQUEST: StructureShape = withMembers(CreateJobRequest$, { Operation: () => operation });

const descriptor = withMembers(JobDescriptor$, { Operation: () => operation });

/** Clients skip the elements that they do not know. */
export const DESCRIBE_JOB_RESULT: StructureShape = withMembers(DescribeJobResult$, { Job: () => descriptor });
