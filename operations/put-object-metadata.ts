import { z } from 'zod';
import { defined } from '../contracts/defined';
import { LIMITS } from '../contracts/limits';
import type { ObjectProperties } from '../storage/object-store';
import { headerText, timestamp } from './common/parameter-types';
import { defaultPlan } from './common/plan';
import { send } from './common/send';
import { inTurn } from './common/turns';
import { checkMetadataTold } from './copying/copy-from';
import { copyOntoItself, isOwnDoing, newestVersion } from './copying/copy-onto-itself';
import { metadataName } from './copying/copy-parameters';
import { sameMetadata, sourceMetadata } from './copying/copy-request';
import { defineOperation } from './operation';

const NAME = 'S3PutObjectMetadata';

const HEADER_CHARS_MAX = 1_024;

/** Members that are metadata of the system ("Working with object metadata", S3 user guide), as S3 Control names them. */
const SYSTEM_NAMES = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'HttpExpiresDate',
] as const;

const header = headerText(HEADER_CHARS_MAX).optional();

const members = z.strictObject({
  UserMetadata: z
    .record(metadataName, headerText(HEADER_CHARS_MAX).or(z.literal('')))
    .refine((entries) => new Set(Object.keys(entries).map(lower)).size === Object.keys(entries).length, {
      error: 'names the same entry twice: case does not count',
    })
    .optional()
    .describe('Map of user metadata to set, by names without `x-amz-meta-`; names that are there are overwritten.'),
  RemoveUserMetadata: z
    .array(metadataName)
    .min(1)
    .optional()
    .describe('Names of user metadata to remove; those that an object does not have do not matter.'),
  CacheControl: header.describe('Sets Cache-Control.'),
  ContentDisposition: header.describe('Sets Content-Disposition.'),
  ContentEncoding: header.describe('Sets Content-Encoding.'),
  ContentLanguage: header.describe('Sets Content-Language.'),
  ContentType: header.describe('Sets Content-Type.'),
  HttpExpiresDate: timestamp.optional().describe('Sets Expires.'),
  Remove: z
    .array(z.enum(SYSTEM_NAMES))
    .min(1)
    .optional()
    .describe(
      'Names among the members above, from CacheControl to HttpExpiresDate, to remove. An object without ContentType has the default of the store.',
    ),
});

type Parameters = z.infer<typeof members>;

const parameters = members.superRefine((given, context) => {
  for (const [member, message] of conflicts(given)) context.addIssue({ code: 'custom', path: [member], message });
});

function* conflicts(given: Parameters): Generator<[member: keyof Parameters, message: string]> {
  const set = new Set(Object.keys(given.UserMetadata ?? {}).map(lower));
  const both = given.RemoveUserMetadata?.find((name) => set.has(lower(name)));
  if (both !== undefined) yield ['RemoveUserMetadata', `${both} cannot be set and removed`];
  const contrary = given.Remove?.find((name) => given[name] !== undefined);
  if (contrary !== undefined) yield ['Remove', `${contrary} cannot be set and removed`];
  const hasWork = Object.entries(given).some(([name, value]) => name !== 'UserMetadata' && value !== undefined);
  if (!hasWork && set.size === 0) yield ['UserMetadata', 'nothing is to be set or removed'];
}

function lower(name: string): string {
  return name.toLowerCase();
}

type Metadata = ReturnType<typeof sourceMetadata>;

/** The metadata that the object is to have. */
function merged(given: Parameters, source: Metadata): Metadata {
  const user = new Map(Object.entries(source.Metadata ?? {}));
  for (const name of given.RemoveUserMetadata ?? []) user.delete(lower(name));
  for (const [name, value] of Object.entries(given.UserMetadata ?? {})) user.set(lower(name), value);
  const removed = new Set<string>(given.Remove);
  const text = (name: Exclude<(typeof SYSTEM_NAMES)[number], 'HttpExpiresDate'>): string | undefined =>
    removed.has(name) ? undefined : (given[name] ?? source[name]);
  const expires = given.HttpExpiresDate === undefined ? source.Expires : new Date(given.HttpExpiresDate);
  return {
    CacheControl: text('CacheControl'),
    ContentDisposition: text('ContentDisposition'),
    ContentEncoding: text('ContentEncoding'),
    ContentLanguage: text('ContentLanguage'),
    ContentType: text('ContentType'),
    Expires: removed.has('HttpExpiresDate') ? undefined : expires,
    Metadata: Object.fromEntries(user),
  };
}

/** Undefined when the object has them already. */
function changesOf(given: Parameters, properties: ObjectProperties): Metadata | undefined {
  checkMetadataTold(properties);
  const source = sourceMetadata(properties);
  const wanted = merged(given, source);
  return sameMetadata(wanted, source) ? undefined : wanted;
}

/** What a former run made of a version that is not the newest any more: the same content with the metadata merged. */
function isMadeOf(given: Parameters): (newest: ObjectProperties, version: ObjectProperties) => boolean {
  return (newest, version) =>
    newest.etag !== '' &&
    newest.etag === version.etag &&
    sameMetadata(merged(given, sourceMetadata(version)), sourceMetadata(newest));
}

/**
 * Changes some of the metadata of each object and keeps the rest. S3 can't change metadata: the object is copied onto
 * itself with all that it has ("Editing object metadata in the Amazon S3 console", S3 user guide).
 */
export const putObjectMetadata = defineOperation({
  name: NAME,
  summary: 'Set and remove some of the metadata of each object',
  call: 'HeadObject, GetObjectAcl, CopyObject onto itself; above 5 GiB UploadPartCopy; for values beyond ASCII, once a batch, PutObject, HeadObject and DeleteObject of an empty object beside',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html',
  success:
    'The object has the metadata that were set and none of those that were removed. All others, its tags, access control list, storage class, encryption, lock and redirect are as before; where nothing had to change, nothing was written.',
  rerun:
    'Finds nothing to change and writes nothing. An object that is written while it is copied is a failed 412 row where the store obeys conditions; tags and ACL that someone else sets meanwhile are lost. Jobs of one worker take turns at an object.',
  parameters,
  examples: [
    {
      title: 'A type, a header and an entry; another entry removed',
      parameters: {
        ContentType: 'text/html; charset=utf-8',
        CacheControl: 'max-age=3600',
        UserMetadata: { colour: 'red' },
        RemoveUserMetadata: ['draft'],
      },
    },
    { title: 'No language, no expiry', parameters: { Remove: ['ContentLanguage', 'HttpExpiresDate'] } },
  ],
  withParameters: (given) => ({
    plan: defaultPlan(NAME, { batchTimeoutMs: LIMITS.copy.batchTimeoutMs }),
    bind(context) {
      return (task, signal) => {
        const change = async (): Promise<void> => {
          const object = await newestVersion(context, task, signal, isMadeOf(given));
          const wanted = changesOf(given, object.properties);
          if (wanted === undefined) return;
          try {
            await copyOntoItself(object, { MetadataDirective: 'REPLACE', ...defined(wanted) }, signal);
          } catch (error) {
            if (!isOwnDoing(error)) throw error;
            const { properties } = await newestVersion(context, object.task, signal);
            if (changesOf(given, properties) !== undefined) throw error;
          }
        };
        const { bucket, key } = task;
        const put = (): Promise<void> =>
          inTurn([{ store: context.storeFor(bucket, 'write'), ref: { bucket, key } }], signal, change);
        return send(
          async () => put(),
          { store: () => context.storeFor(bucket, 'write'), ref: { bucket, key } },
          signal,
        );
      };
    },
    bindDesiredState(context) {
      return async (task, signal) => {
        const { properties } = await newestVersion(context, task, signal, isMadeOf(given));
        return changesOf(given, properties) === undefined;
      };
    },
  }),
});
