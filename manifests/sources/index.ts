import { randomUUID } from 'node:crypto';
import { parseS3Arn } from '../../contracts/arn';
import { DroverError } from '../../contracts/engine/failures';
import type { JobManifest, JobRequest, Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { DuplicateRows, JobFilter, JobManifestGenerator, JobSource, PrefixSource } from '../../contracts/source';
import { csv, csvFile } from './csv';
import { formerJob } from './former-job';
import { inventory } from './inventory';
import { keys } from './keys';
import { prefixes } from './prefixes';
import type { PartReading, PlannedParts, SourceContext, SourceDefinition } from './source';

type Requested = Pick<JobRequest, 'Manifest' | 'ManifestGenerator' | 'Source' | 'Filter'>;

const SOURCES = [csv, inventory, prefixes, keys, formerJob] as readonly SourceDefinition<never>[];

/** The CSV manifest that can be read where it lies; undefined where rows have to be made, or to pass a filter. */
export function manifestInPlace(request: Requested): JobManifest | undefined {
  const { Manifest } = request;
  const isCsv = Manifest?.Spec.Format === 'S3BatchOperations_CSV_20180820';
  return isCsv && filtersOf(request).length === 0 && duplicatesOf(request) === 'Keep' ? Manifest : undefined;
}

/** Cuts the source of a request into parts. Throws `DroverError`. */
export async function planSource(request: Requested, context: SourceContext): Promise<PlannedParts> {
  const [source, given] = sourceOf(request);
  return { id: randomUUID(), source: source.name, ...(await source.plan(given, context)) };
}

/** Begins a part of a plan, or goes on with it. */
export function openPart(
  plan: PlannedParts,
  part: number,
  left: Json | undefined,
  context: SourceContext,
): PartReading {
  const source = SOURCES.find(({ name }) => name === plan.source);
  const what = plan.parts[part];
  if (source !== undefined && what !== undefined) return source.open(what, left, context);
  throw new DroverError('InternalError', `The source ${plan.source} has no part ${part}`);
}

/** The file whose rows a part has taken over as they are, all of them. Undefined for parts of other kinds. */
export function partFile({ source, parts }: PlannedParts, part: number): string | undefined {
  const what = parts[part];
  return source === csv.name && what !== undefined ? csvFile(what) : undefined;
}

function sourceOf({ Manifest, ManifestGenerator, Source }: Requested): [SourceDefinition<never>, never] {
  const of = <Request>(source: SourceDefinition<Request>, given: Request) =>
    [source, given] as unknown as [SourceDefinition<never>, never];
  if (Manifest !== undefined) {
    return ownSource({ Manifests: { Spec: Manifest.Spec, Locations: [Manifest.Location] } }, of);
  }
  if (ManifestGenerator !== undefined) return of(prefixes, listedBy(ManifestGenerator));
  if (Source !== undefined) return ownSource(Source, of);
  throw new DroverError('InvalidManifestContent', 'The job has no manifest, generator or source');
}

function ownSource(
  source: JobSource,
  of: <Request>(definition: SourceDefinition<Request>, given: Request) => [SourceDefinition<never>, never],
): [SourceDefinition<never>, never] {
  if ('Prefixes' in source) return of(prefixes, source);
  if ('Keys' in source) return of(keys, source);
  if ('Manifests' in source) {
    return of(source.Manifests.Spec.Format === 'S3InventoryReport_CSV_20161130' ? inventory : csv, source);
  }
  return of(formerJob, source);
}

function listedBy({ S3JobManifestGenerator: { SourceBucket, Filter } }: JobManifestGenerator): PrefixSource {
  const Bucket = parseS3Arn(SourceBucket)?.bucket ?? SourceBucket;
  const outermost = outermostPrefixes(Filter?.KeyNameConstraint?.MatchAnyPrefix ?? []);
  // More than these are told apart by the filter.
  if (outermost.length === 0 || outermost.length > LIMITS.source.prefixesMax) return { Prefixes: [{ Bucket }] };
  return { Prefixes: outermost.map((Prefix) => ({ Bucket, Prefix })) };
}

/** Without those that lie within another, in the order of keys. */
function outermostPrefixes(given: readonly string[]): string[] {
  const sorted = [...new Set(given)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const outermost: string[] = [];
  // A prefix sorts before all that lie within it, and these follow it.
  for (const one of sorted) if (!one.startsWith(outermost.at(-1) ?? '\0')) outermost.push(one);
  return outermost;
}

/** All that rows have to pass: the generator's filter, whose empty lists restrict nothing, and Drover's own. */
export function filtersOf({ ManifestGenerator, Filter = {} }: Requested): readonly JobFilter[] {
  const { KeyNameConstraint, ...others } = ManifestGenerator?.S3JobManifestGenerator.Filter ?? {};
  const generated = Object.entries({ ...KeyNameConstraint, ...others }).filter(
    ([, value]) => !Array.isArray(value) || value.length > 0,
  );
  const { Duplicates: _duplicates, SelectBy: _selectBy, ...own } = Filter;
  return [Object.fromEntries(generated) as JobFilter, own].filter((filter) => Object.keys(filter).length > 0);
}

/** The expression that the stores of a source's files are to carry out, for `SourceContext`. */
export function selectByStoreOf({ Filter = {} }: Requested): Pick<SourceContext, 'selectByStore'> {
  const { Select, SelectBy } = Filter;
  return Select !== undefined && SelectBy === 'Store' ? { selectByStore: Select } : {};
}

/** What becomes of rows that name what a row before them has named. */
export function duplicatesOf({ Filter = {} }: Requested): DuplicateRows {
  return Filter.Duplicates ?? 'Keep';
}

/** A generated manifest without a row is a failure, in AWS's words; a source of Drover's own without one is a job without a task. */
export function checkFound({ ManifestGenerator }: Requested, rows: number): void {
  if (rows > 0 || ManifestGenerator === undefined) return;
  throw new DroverError('InvalidManifestContent', 'Manifest generation found no keys matching the filter criteria.');
}
