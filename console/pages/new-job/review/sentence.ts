import type { Preview, PreviewTotals } from '../../../client/preview';
import { type Json, type JsonObject, listOf, objectOf, textOf } from '../../../form/json';
import { bytesText } from '../../../form/quantity';
import { counted, grouped } from '../../../parts/numbers';
import { stepsOf } from '../../../parts/operation-steps';
import { uriOfArn } from '../../../parts/s3-uri';
import { deedOf } from './deeds';

/** `12,345 objects (1.2 GiB) below s3://herd/logs/ will be deleted.` */
export function sentenceOf(
  request: JsonObject,
  preview: Preview | undefined,
  summaryOf: (operation: string) => string,
): string {
  const objects = `${amount(preview)} ${placeOf(request)}`;
  const operation = objectOf(request['Operation']);
  const { When, SkipIfInDesiredState } = operation;
  const isPipeline = operation['Pipeline'] !== undefined;
  const deeds = stepsOf(operation).map(
    ({ name, parameters, beside }) => `${deedOf(name, parameters, summaryOf(name))}${isPipeline ? onlyIf(beside) : ''}`,
  );
  const who = When === undefined ? objects : `those of ${objects} that meet the condition (${conditionText(When)})`;
  const left = SkipIfInDesiredState === true ? '; those that need nothing are left alone' : '';
  const sentence = `${who} will ${deeds.join(', then ')}${left}.`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function onlyIf({ When }: JsonObject): string {
  return When === undefined ? '' : ` (if ${conditionText(When)})`;
}

function amount(preview: Preview | undefined): string {
  const { totals, passed = 0 } = preview ?? {};
  if (totals !== undefined) return `${noneOr(totals.objects)}${sizeText(totals)}`;
  return passed === 0 ? 'the objects' : `${grouped(passed)} objects or more`;
}

function noneOr(objects: number): string {
  return objects === 0 ? 'no objects' : counted(objects, 'object');
}

function sizeText({ bytes, objects }: PreviewTotals): string {
  return bytes === undefined || objects === 0 ? '' : ` (${bytesText(bytes)})`;
}

const VERSIONS: Readonly<Record<string, string>> = {
  Noncurrent: ' among the noncurrent versions',
  All: ' among all versions and delete markers',
  DeleteMarkers: ' among the delete markers',
};

/** Where the objects are, in a few words. */
export function placeOf({ Source, Manifest, ManifestGenerator, Filter }: JsonObject): string {
  const filtered = Filter === undefined ? '' : ' that the filter lets pass';
  const { Prefixes, Versions, Keys, Manifests, FromJob } = objectOf(Source);
  if (Prefixes !== undefined) {
    const places = listOf(Prefixes)
      .map(objectOf)
      .map(({ Bucket, Prefix }) => `s3://${textOf(Bucket)}/${textOf(Prefix)}`);
    return `below ${several(places)}${VERSIONS[textOf(Versions)] ?? ''}${filtered}`;
  }
  if (Keys !== undefined) return `of ${counted(listOf(Keys).length, 'key')}${filtered}`;
  if (FromJob !== undefined) {
    const { JobId, Rows } = objectOf(FromJob);
    const rows = Rows === 'all' ? 'of' : `that ${ROWS[textOf(Rows)] ?? 'ended'} in`;
    return `${rows} job ${textOf(JobId).slice(0, 8)}${filtered}`;
  }
  const { SourceBucket } = objectOf(objectOf(ManifestGenerator)['S3JobManifestGenerator']);
  if (SourceBucket !== undefined) return `in ${uriOfArn(textOf(SourceBucket))} that the generator lists${filtered}`;
  const { Location, Locations } = objectOf(Manifests ?? Manifest);
  return `listed in ${several((Location === undefined ? listOf(Locations) : [Location]).map(listPlace))}${filtered}`;
}

const ROWS: Readonly<Record<string, string>> = { failed: 'failed', succeeded: 'succeeded', skipped: 'were skipped' };

function listPlace(location: Json): string {
  const { ObjectArn, Bucket, KeyPattern } = objectOf(location);
  return ObjectArn === undefined ? `s3://${textOf(Bucket)}/${textOf(KeyPattern)}` : uriOfArn(textOf(ObjectArn));
}

function several(places: readonly string[]): string {
  const [first = '', second, ...rest] = places;
  if (second === undefined) return first;
  return rest.length === 0 ? `${first} and ${second}` : `${first} and ${grouped(places.length - 1)} more places`;
}

/** `OlderThanDays 30, KeyGlob *.log` */
function conditionText(condition: Json): string {
  return Object.entries(objectOf(condition))
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');
}

function valueText(value: Json): string {
  if (Array.isArray(value)) return value.map((each: Json) => valueText(each)).join(' or ');
  if (typeof value === 'object' && value !== null) return `(${conditionText(value)})`;
  return String(value);
}
