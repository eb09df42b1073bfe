import { defined } from '../../contracts/defined';
import { DroverError } from '../../contracts/engine/failures';
import { csvFields, type JobManifest, type Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { ManifestsSource } from '../../contracts/source';
import { scanCsv } from '../csv/csv-scan';
import { gunzipped } from '../csv/gunzipped';
import { readCsvRows } from '../csv/read-rows';
import { textBuckets } from '../csv/text-buckets';
import { manifestRefusal } from '../manifest-refusal';
import { CANONICAL_FORM } from '../segments/canonical-row';
import type { ManifestForm } from '../segments/segment-table';
import { csvStoreColumns, inOrder, selectedText, selectForStore } from '../select-by-store';
import { storeOfManifest } from '../store-of-manifest';
import { type FileCursor, pagesOfFiles } from './file-pages';
import { inParts } from './in-parts';
import { type Located, manifestFiles } from './manifest-files';
import { meteredBody } from './metered';
import {
  type PartReading,
  type RowSink,
  type SequentialPage,
  sequentialReading,
  type SourceContext,
  type SourceDefinition,
} from './source';

/** Files that one activity reads, one after the other, as they were when the source was cut. JSON. */
interface CsvPart {
  readonly files: readonly Located[];
  readonly spec: JobManifest['Spec'];
  readonly isFiltered: boolean;
  /** S3 Select's SQL, which the store carries out first. */
  readonly select?: string;
  /** It is one of several. */
  readonly mayBeEmpty: boolean;
  /** Another attempt must cut a file as the first one did, also that of a later release. */
  readonly segmentBytes: number;
}

/** CSV files, plain or packed by gzip. Rows that need no filter are taken over as they are. */
export const csv: SourceDefinition<ManifestsSource> = {
  name: 'csv',

  async plan({ Manifests: { Spec: spec, Locations } }, context) {
    const found = await manifestFiles(Locations, context);
    const { isFiltered } = context;
    const select = await selectForStore(context, () => csvStoreColumns(spec, found));
    const parts = inParts(found, LIMITS.source.partsMax).map((files) => {
      const mayBeEmpty = found.length > 1;
      const part: CsvPart = {
        files,
        spec,
        isFiltered,
        ...defined({ select }),
        mayBeEmpty: mayBeEmpty || select !== undefined,
        segmentBytes: LIMITS.source.segmentBytes,
      };
      return part as unknown as Json;
    });
    return { parts, form: isFiltered ? CANONICAL_FORM : csvForm(spec), files: found.length };
  },

  open(part, left, context) {
    const files = part as unknown as CsvPart;
    if (!files.isFiltered) return rawReading(files, left as unknown as FileCursor | undefined, context);
    const pages = pagesOfFiles(files.files, left, context, (file, cursor) => readRows(files, file, cursor, context));
    return sequentialReading(left, pages);
  },
};

/** How rows of a CSV manifest are to be read where it lies. */
export function csvForm(spec: JobManifest['Spec']): ManifestForm {
  const { KeyEncoding: keyEncoding, EmptyVersionId: emptyVersionId } = spec;
  return { fields: csvFields(spec), ...(keyEncoding && { keyEncoding }), ...(emptyVersionId && { emptyVersionId }) };
}

/** The file of a part that has one, unless rows of it were left out. */
export function csvFile(part: Json): string | undefined {
  const { isFiltered, files } = part as unknown as CsvPart;
  return isFiltered || files.length > 1 ? undefined : files[0]?.ObjectArn;
}

async function open(location: Located, context: SourceContext): Promise<AsyncIterable<Uint8Array>> {
  const { store, ref } = storeOfManifest(location, context);
  const { body } = await store.readStream(ref, { ifMatch: location.ETag, signal: context.signal });
  return gunzipped(meteredBody(body, context.meter), location.ObjectArn);
}

function selected(location: Located, select: string, context: SourceContext): AsyncIterable<Uint8Array> {
  const { store, ref } = storeOfManifest(location, context);
  return meteredBody(selectedText(store, ref, location.ETag, select, context.signal), context.meter);
}

/** What was taken before is read again, for a packed file has no places to begin at, and is not taken again. */
function rawReading(part: CsvPart, left: FileCursor | undefined, context: SourceContext): PartReading {
  let cursor = left;
  const readFile = async (file: number, location: Located, sink: RowSink): Promise<void> => {
    const end = file === left?.file ? Number(left.within) : 0;
    await scanCsv(await open(location, context), {
      ...csvForm(part.spec),
      file: location.ObjectArn,
      mayBeEmpty: part.mayBeEmpty,
      batchRows: context.batchRows,
      segments: {
        bytesAim: part.segmentBytes,
        onSegment: async (segment) => {
          if (segment.end <= end) return;
          const { bytes, offsets, rows } = segment;
          const taken = (): void => void (cursor = { file, within: segment.end });
          const cuts = [...offsets.subarray(1, -1)];
          await sink.raw(0, { bytes, cuts, rows, buckets: textBuckets(bytes, csvFields(part.spec)) }, taken);
        },
      },
    });
  };
  return {
    async run(sink) {
      for (const [file, location] of part.files.entries()) {
        if (file < (left?.file ?? 0)) continue;
        await readFile(file, location, sink).catch((error: unknown) => {
          throw refusal(error, location);
        });
        context.meter?.filesDone(file + 1);
      }
    },
    strands: () => [0],
    state: () => cursor as unknown as Json | undefined,
  };
}

async function* readRows(
  { spec, mayBeEmpty, select }: CsvPart,
  location: Located,
  cursor: Json | undefined,
  context: SourceContext,
): AsyncGenerator<SequentialPage> {
  const file = location.ObjectArn;
  const options = {
    fields: csvFields(spec),
    keyEncoding: spec.KeyEncoding ?? 'Url',
    emptyVersionId: spec.EmptyVersionId ?? 'Refuse',
    file,
    mayBeEmpty,
  };
  try {
    yield* select === undefined
      ? readCsvRows(await open(location, context), { ...options, cursor })
      : inOrder(readCsvRows(selected(location, select, context), options), cursor, file);
  } catch (error) {
    throw refusal(error, location);
  }
}

/** Names the file, which is one of several. */
function refusal(error: unknown, { ObjectArn, ObjectVersionId }: Located): unknown {
  const refused = manifestRefusal(error, ObjectArn, ObjectVersionId);
  if (!(refused instanceof DroverError) || refused.message.includes(ObjectArn)) return refused;
  return new DroverError(refused.code, `${ObjectArn}: ${refused.message}`, { cause: refused });
}
