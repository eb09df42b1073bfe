import { type Json, type JsonObject, listOf, objectOf, textOf } from '../../../form/json';
import { stepsOf } from '../../../parts/operation-steps';
import { uriOfArn } from '../../../parts/s3-uri';

/** What an operation will do to each object, to follow "5 objects will …". */
type Deed = (parameters: JsonObject) => string;

const DEEDS: Readonly<Record<string, Deed>> = {
  GlacierRetrieveArchive: (parameters) => `be retrieved ${target(parameters)}${inClass(parameters)}`,
  HttpInvoke: ({ Url }) => `be posted to ${textOf(Url)}`,
  LambdaInvoke: ({ FunctionArn }) => `be handed to the function ${textOf(FunctionArn).split(':').slice(6).join(':')}`,
  S3AddObjectTagging: ({ TagSet }) => `get ${tags(TagSet)} beside the tags they have`,
  S3ComputeObjectChecksum: ({ ChecksumAlgorithm }) =>
    `be read for their ${textOf(ChecksumAlgorithm) || 'checksum'}, which goes into the report`,
  S3DeleteObject: ({ AllVersions }) =>
    AllVersions === true ? 'be deleted with all their versions, for good' : 'be deleted',
  S3DeleteObjectTagging: () => 'lose all their tags',
  S3InitiateRestoreObject: ({ ExpirationInDays, WaitUntilRestored }) =>
    `be restored from the archive${typeof ExpirationInDays === 'number' ? ` for ${days(ExpirationInDays)}` : ''}${WaitUntilRestored === true ? ', and waited for' : ''}`,
  S3MoveObject: (parameters) => `be moved ${target(parameters)}: copied, compared, and deleted where they are`,
  S3PutObjectAcl: ({ AccessControlPolicy }) => {
    const canned = textOf(objectOf(AccessControlPolicy)['CannedAccessControlList']);
    return `get ${canned === '' ? 'the given' : `the ${canned}`} access control list in place of theirs`;
  },
  S3PutObjectCopy: (parameters) => `be copied ${target(parameters)}${inClass(parameters)}`,
  S3PutObjectLegalHold: ({ LegalHold }) =>
    objectOf(LegalHold)['Status'] === 'OFF' ? 'lose their legal hold' : 'be put under a legal hold',
  S3PutObjectMetadata: () => 'have some of their metadata changed',
  S3PutObjectRetention: ({ Retention }) => {
    const { Mode, RetainUntilDate } = objectOf(Retention);
    if (RetainUntilDate === undefined) return 'lose their retention';
    return `be retained until ${textOf(RetainUntilDate)} in ${textOf(Mode)} mode`;
  },
  S3PutObjectTagging: ({ TagSet }) =>
    listOf(TagSet).length === 0 ? 'lose all their tags' : `have the tags ${tags(TagSet)} and no others`,
  S3RemoveObjectTagging: ({ TagKeys }) => `lose the tags ${listOf(TagKeys).map(textOf).join(', ')}`,
  S3ReplicateObject: () => "be copied to the destinations of their bucket's replication rules",
  S3UndeleteObject: () => 'be brought back from behind their delete markers',
  S3UpdateObjectEncryption: ({ ObjectEncryption }) =>
    `be encrypted under ${textOf(objectOf(objectOf(ObjectEncryption)['SSEKMS'])['KMSKeyArn'])}`,
  S3VerifyObject: () => 'be checked, and not changed',
};

/** Operations without a sentence of their own are told by their summary. */
export function deedOf(operation: string, parameters: JsonObject, summary: string): string {
  return DEEDS[operation]?.(parameters) ?? `be given to ${operation} (${summary})`;
}

/** Why a job can't be taken back, in sentences. Empty when it can, or keeps what was there. */
export function lossesOf(operation: JsonObject): readonly string[] {
  const losses = stepsOf(operation).flatMap(({ name, parameters }) => loss(name, parameters));
  return [...new Set(losses)];
}

function loss(name: string, { AllVersions, Retention }: JsonObject): string | [] {
  switch (name) {
    case 'S3DeleteObject':
      return AllVersions === true
        ? 'All versions are deleted: nothing brings them back.'
        : 'Nothing brings back what is deleted, unless its bucket keeps versions and the source names none.';
    case 'S3MoveObject':
      return 'Each source is deleted as soon as its copy has been compared.';
    case 'S3PutObjectRetention':
      return objectOf(Retention)['Mode'] === 'COMPLIANCE'
        ? 'Nobody can shorten or lift a retention in COMPLIANCE mode before its date.'
        : [];
    default:
      return [];
  }
}

function tags(set: Json | undefined): string {
  return listOf(set)
    .map(objectOf)
    .map(({ Key, Value }) => `${textOf(Key)}=${textOf(Value)}`)
    .join(', ');
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

function inClass({ StorageClass }: JsonObject): string {
  return textOf(StorageClass) === '' ? '' : ` as ${textOf(StorageClass)}`;
}

/** Where copies go. */
function target({ TargetResource, TargetKeyPrefix, TargetKey, ReplacePrefix }: JsonObject): string {
  const bucket = TargetResource === undefined ? '' : uriOfArn(textOf(TargetResource)).replace(/\/$/, '');
  const folder = textOf(TargetKeyPrefix);
  const { From, To } = objectOf(ReplacePrefix);
  const path = [bucket === '' ? 'within their bucket' : `to ${bucket}${folder === '' ? '' : `/${folder}`}`];
  if (bucket === '' && folder !== '') path.push(`below ${folder}`);
  if (TargetKey !== undefined) path.push(`as ${textOf(TargetKey)}`);
  if (ReplacePrefix !== undefined) {
    path.push(`with ${textOf(From)} at the begin of their keys replaced by ${textOf(To) || 'nothing'}`);
  }
  return path.join(' ');
}
