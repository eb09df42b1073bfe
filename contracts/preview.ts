import type { FailureCode } from './engine/failures';
import type { PreparingProgress } from './job';

/** One object as a source tells it; what it does not tell is absent. */
export interface PreviewRow {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly size?: number;
  readonly lastModified?: string;
  readonly storageClass?: string;
  readonly isDeleteMarker?: boolean;
}

/** Objects, and their bytes. `bytes` is absent when the size of one of them is not told: a part of the sum is no sum. */
export interface PreviewCount {
  readonly objects: number;
  readonly bytes?: number;
}

/** What a source comes to. */
export interface PreviewTotals extends PreviewCount {
  /** Objects whose size the source does not tell. Delete markers have none. */
  readonly untoldSizes: number;
  /** By name; classes that are not told are not there. */
  readonly byStorageClass: Readonly<Record<string, PreviewCount>>;
  /** Objects whose storage class the source does not tell. */
  readonly untoldStorageClasses: number;
  /** From the smallest; those without objects are left out. */
  readonly bySize: readonly SizeRange[];
  /** Those among the objects. */
  readonly deleteMarkers: number;
  /** Those that the source leaves out. */
  readonly deleteMarkersLeftOut: number;
  /** Objects that were asked for because the source does not tell what the filter needs. */
  readonly asked: number;
}

export interface SizeRange {
  readonly fromBytes: number;
  /** Absent: no end. */
  readonly belowBytes?: number;
  readonly objects: number;
  readonly bytes: number;
}

/** A line of a preview. `restart`: rows that were given do not count. The last one has totals or an error. */
export type PreviewLine =
  | { readonly progress: PreparingProgress }
  | { readonly rows: readonly PreviewRow[] }
  | { readonly restart: { readonly bucket: string } }
  | { readonly totals: PreviewTotals }
  | { readonly error: { readonly code: FailureCode; readonly message: string; readonly advice: string } };
