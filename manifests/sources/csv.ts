import { bucketArn } from '../../contracts/arn';
import { DroverError } from '../../contracts/failures';
import { csvFields, type JobManifest, type Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { ManifestLocation, ManifestPattern, ManifestsSource } from '../../contracts/source';
import { compileGlobs } from '../../patterns/compile';
import type { ListObjectsInput } from '../../storage/object-store';
import { scanCsv } from '../csv/csv-scan';
import { gunzipped } from '../csv/gunzipped';
import { readCsvRows } from '../csv/read-rows';
import { manifestEtag, manifestRefusal } from '../manifest-refusal';
import { CANONICAL_FORM } from '../segments/canonical-row';
import type { ManifestForm } from '../segments/segment-table';
import { storeOfManifest } from '../store-of-manifest';
import { type PartReading, sequentialReading, type SourceContext, type SourceDefinition } from './source';

type Located = JobManifest['Location'];

/** A file, as it was when the source was cut. JSON. */
interface CsvFile {
  readonly location: Located;
  readonly spec: JobManifest['Spec'];
  readonly isFiltered: boolean;
}

/** CSV files, plain or packed by gzip, one part each. Rows that need no filter are taken over as they are. */
export const csv: SourceDefinition<ManifestsSource> = {
  name: 'csv',

  async plan({ Manifests: { Spec, Locations } }, context) {
    const files: Located[] = [];
    for (const location of Locations) files.push(...(await filesOf(location, context)));
    const { isFiltered } = context;
    return {
      parts: files.map((location) => ({ location, spec: Spec, isFiltered }) as unknown as Json),
      form: isFiltered ? CANONICAL_FORM : csvForm(Spec),
    };
  },

  open(part, left, context) {
    const file = part as unknown as CsvFile;
    if (!file.isFiltered) return rawReading(file, left, context);
    return sequentialReading(left, readRows(file, left, context));
  },
};

/** How rows of a CSV manifest are to be read where it lies. */
export function csvForm(spec: JobManifest['Spec']): ManifestForm {
  const { KeyEncoding: keyEncoding, EmptyVersionId: emptyVersionId } = spec;
  return { fields: csvFields(spec), ...(keyEncoding && { keyEncoding }), ...(emptyVersionId && { emptyVersionId }) };
}

async function filesOf(location: ManifestLocation | ManifestPattern, context: SourceContext): Promise<Located[]> {
  if ('KeyPattern' in location) return matching(location, context);
  const { ObjectArn, ETag } = location;
  if (ETag !== undefined) return [{ ...location, ETag }];
  const { store, ref } = storeOfManifest(location, context);
  return [{ ...location, ETag: await manifestEtag(store, ref, ObjectArn, { signal: context.signal }) }];
}

/** In the store's own order of keys. */
async function matching({ Bucket, KeyPattern }: ManifestPattern, context: SourceContext): Promise<Located[]> {
  const matches = compileGlobs([KeyPattern]);
  const Prefix = /^[^*?[{\\]*/.exec(KeyPattern)?.[0] ?? '';
  const store = context.storeFor(Bucket);
  const found: Located[] = [];
  let next: Pick<ListObjectsInput, 'ContinuationToken'> | undefined = {};
  while (next) {
    const page = await store.listObjects({ Bucket, Prefix, ...next }, { signal: context.signal });
    for (const { key, etag } of page.objects) {
      if (matches(key)) found.push({ ObjectArn: `${bucketArn(Bucket)}/${key}`, ETag: etag });
    }
    if (found.length > LIMITS.manifestFilesMax) {
      const message = `More than ${LIMITS.manifestFilesMax} manifests match ${KeyPattern} in the bucket ${Bucket}`;
      throw new DroverError('InvalidManifestContent', message);
    }
    next = page.next;
  }
  if (found.length > 0) return found;
  throw new DroverError('ManifestNotFound', `No manifest matches ${KeyPattern} in the bucket ${Bucket}`);
}

async function open({ location }: CsvFile, context: SourceContext): Promise<AsyncIterable<Uint8Array>> {
  const { store, ref } = storeOfManifest(location, context);
  const { body } = await store.readStream(ref, { ifMatch: location.ETag, signal: context.signal });
  return gunzipped(body, location.ObjectArn);
}

/** What was taken before is read again, for a packed file has no places to begin at, and is not taken again. */
function rawReading(file: CsvFile, left: Json | undefined, context: SourceContext): PartReading {
  let end = typeof left === 'number' ? left : 0;
  return {
    async run(sink) {
      try {
        await scanCsv(await open(file, context), {
          ...csvForm(file.spec),
          batchRows: context.batchRows,
          segments: {
            bytesAim: LIMITS.segmentBytes,
            onSegment: async (segment) => {
              if (segment.end <= end) return;
              const { bytes, offsets, rows } = segment;
              await sink.raw(0, { bytes, cuts: [...offsets.subarray(1, -1)], rows }, () => (end = segment.end));
            },
          },
        });
      } catch (error) {
        throw refusal(error, file);
      }
    },
    strands: () => [0],
    state: () => end,
  };
}

async function* readRows(file: CsvFile, left: Json | undefined, context: SourceContext) {
  const { spec, location } = file;
  try {
    yield* readCsvRows(await open(file, context), {
      fields: csvFields(spec),
      keyEncoding: spec.KeyEncoding ?? 'Url',
      emptyVersionId: spec.EmptyVersionId ?? 'Refuse',
      file: location.ObjectArn,
      cursor: left,
      mayBeEmpty: true,
    });
  } catch (error) {
    throw refusal(error, file);
  }
}

/** Names the file, which is one of several. */
function refusal(error: unknown, { location: { ObjectArn, ObjectVersionId } }: CsvFile): unknown {
  const refused = manifestRefusal(error, ObjectArn, ObjectVersionId);
  if (!(refused instanceof DroverError) || refused.message.includes(ObjectArn)) return refused;
  return new DroverError(refused.code, `${ObjectArn}: ${refused.message}`, { cause: refused });
}
