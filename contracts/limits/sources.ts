/** Limits of manifests and other sources, and of what passes some of their rows. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './units';

/** Rows of sources, and the segments that are made of them. */
export const source = {
  /**
   * Parts of a source are read for an hour at a time, eight of them: beats of a second would be most of what a list costs at Temporal. Pause
   * and cancel take hold within so long.
   */
  preparingBeatMs: 4 * SECOND_MS,
  /** Prefixes of one job: each is a listing of its own, and more of them are better said by one prefix and a filter. */
  prefixesMax: 100,
  /** Keys in a request: S3's own page size, for longer lists are manifests. */
  keysMax: 1_000,
  /** Bytes of keys in a request: half of what it may have, for their buckets and version ids. Longer lists are manifests. */
  keysBytesMax: 128 * 1024,
  /** Manifests or patterns of one job. */
  manifestsMax: 1_000,
  /** S3's bound for keys ("Naming Amazon S3 objects"), here in characters, for a list of S3 Control is bounded so. */
  keyCharsMax: 1_024,
  /**
   * Rows of a source are put into the workspace in objects of this size: what a worker holds of one part, twice. Some hundred
   * thousand rows.
   */
  segmentBytes: 8 * 1024 * 1024,
  /** At the latest after this long: what a crash costs. */
  segmentIntervalMs: 5 * SECOND_MS,
  /** Flushes that the state of a part names itself, 3 kB each. It is written with every flush, so earlier ones lie apart. */
  flushesPerStateMax: 64,
  /** Parts of a source that a job has read at a time: enough for four workers, few enough that other manifests get their turn. */
  partsInFlight: 8,
  /** Parts of a source at most: each costs some ten events. */
  partsMax: 256,
  /** Slices of a list that are fetched ahead, each of 8 MiB at most. */
  segmentsReadAhead: 4,
  /** Distinct buckets of a source that are counted: a list with more is not about buckets that a role may not use. */
  bucketsCounted: 1_000,
  /** Manifests that a wildcard may name. */
  manifestFilesMax: 10_000,
  /** Longest line of a manifest: a 1,024-byte key with every byte percent-encoded, twice over for ignored columns. */
  manifestRowBytesMax: 64 * 1024,
  /** Rows that a source hands over at a time, some 2 MB: enough that a page costs nothing, little for a crash to lose. */
  pageRows: 4_000,
} as const;

/** Previews of a source. */
export const preview = {
  /** First rows that a preview shows. */
  rows: 20,
  rowsMax: 1_000,
  /** A preview reads as fast as one part of a job does, in the process of the API, which has others to serve. */
  inFlight: 2,
  progressMs: SECOND_MS,
  /** Rows in one line of a preview: a megabyte with the longest keys. */
  lineRows: 500,
  /** A reader that takes nothing for so long is given up: it would keep others from theirs. */
  idleMs: MINUTE_MS,
} as const;

/** Manifests that are sent to the API. */
export const upload = {
  /** A manifest that is sent to the API: some 20,000,000 rows. Longer ones are put into a bucket. */
  bytesMax: 1024 ** 3,
  /** Parts of it, each in memory while it is sent to the workspace. */
  partBytes: 8 * 1024 * 1024,
  /** So many at a time make 128 MiB, one part arriving and one being sent. */
  inFlight: 8,
  /** A client that sends nothing for so long is given up. */
  idleMs: 30 * SECOND_MS,
  /** 1 GiB at 300 KiB/s. */
  timeoutMs: HOUR_MS,
} as const;

/** Rows that a source has twice. */
export const duplicates = {
  /**
   * Hashes of rows, while those that are there twice are looked for: 25,000,000 rows. More take several passes, each over all rows.
   * One job of a worker has them at a time.
   */
  tableBytes: 256 * 1024 * 1024,
  /** Texts of rows that are to be compared, at a time: with what finds them again they take twice as much. */
  textBytes: 48 * 1024 * 1024,
  /** A failure has 256 characters: more names would not fit. */
  named: 3,
} as const;

/** Inventory reports. */
export const inventory = {
  /** An inventory's manifest.json: 200 bytes for a file, so the 516 files of a billion objects take 100 kB. */
  manifestBytesMax: 16 * 1024 * 1024,
  filesMax: 50_000,
  /** S3 knows 21; names that it adds later are passed over. */
  columnsMax: 100,
} as const;

/** Parquet files. */
export const parquet = {
  /** The directory at a Parquet file's end, held in memory as it is and taken apart: some kilobytes for each row group. */
  footerBytesMax: 16 * 1024 * 1024,
  /** One page of a column, inflated: writers aim at 1 MB, and at most a page of each column that is read is in memory. */
  pageBytesMax: 32 * 1024 * 1024,
  /** Rows of one page: a column whose values are all the same, as the bucket, may have one page for a whole row group. */
  pageRowsMax: 16_000_000,
  /** Statistics in it are the least and the greatest key of the page, 1,024 bytes each. */
  pageHeaderBytesMax: 64 * 1024,
  /** One read from a column: large enough that 50 ms of latency cost little, and two for each column are in memory. */
  readBytes: 4 * 1024 * 1024,
} as const;

/** Listings of buckets. */
export const listing = {
  /** Listings of a job that activities share: several for each of the parts in flight, so that those who end early find another. */
  partsAim: 32,
  /** Requests that the parts of one listing have under way together: with 50 ms to an answer, 1,280,000 keys a second. */
  streams: 64,
  /** Pages without a row that a store may give one after the other: some pass over many delete markers so. */
  emptyPagesMax: 1_000,
  /** A range that holds fewer keys than so is not worth the request that would split it: two pages. */
  splitKeysMin: 2_000,
  /** Points of one range that are asked for at once: more would only narrow down what fewer have found already. */
  probesPerRangeMax: 32,
  /** Probes of one range that find nothing, one after the other, before it is left alone for some pages. */
  probeMissesMax: 12,
  /** Rounds of probes when a key space is cut for several workers: each takes one round trip. */
  cutRoundsMax: 24,
} as const;

/** Filters and patterns. */
export const filter = {
  /** A hundred years: an age above it is a mistake of units. */
  ageSecondsMax: (100 * 365 * DAY_MS) / SECOND_MS,
  /** A glob or regular expression. Keys have 1,024 bytes: a longer one could match nothing but by alternatives, which may be listed. */
  patternCharsMax: 1_024,
  /**
   * Instructions of a compiled expression. Where its automaton is too large to be kept, each character of a key costs as many
   * steps: 2,000 are some 40 ms for the longest key.
   */
  expressionProgramSizeMax: 2_000,
  /** All globs of a list together: 1,000 of 50 characters. */
  globsProgramSizeMax: 50_000,
  /** Entries of a list in a filter. A list of keys is a source, not a filter. */
  entriesMax: 1_000,
} as const;

/** SQL filters, carried out by DuckDB. */
export const select = {
  /** A WHERE of some hundred comparisons. What it costs grows with it, for each row. */
  charsMax: 4_096,
  /** Deeper ones are nobody's intention, and would need more stack than DuckDB has been seen to check for. */
  depthMax: 200,
  /** Rows that go to DuckDB at a time: four of its vectors. Larger pages are no faster, smaller ones are (2,048: by a third) slower. */
  pageRows: 8_192,
  /** Pages that are on their way: while DuckDB looks at one, the next is written. */
  pagesInFlight: 3,
  /** A page takes a millisecond. An expression that takes so long was made to. */
  timeoutMs: 30 * SECOND_MS,
  /** What DuckDB may take; a page of the longest keys has 8 MiB, and some copies of it are made. */
  memoryMiB: 256,
  /** The JavaScript of that process: pages on their way. */
  heapMiB: 128,
  /** All of that process: DuckDB, the heap, stacks and buffers. It ends when it asks for more. */
  processMiB: 1_024,
  /** The process that checks expressions waits so long for the next one: starting it takes 150 ms. */
  idleMs: 10 * SECOND_MS,
} as const;
