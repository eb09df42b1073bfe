import { defined } from '../../contracts/defined';
import type { PreviewCount, PreviewTotals, SizeRange } from '../../contracts/preview';
import type { SourceRow } from '../../manifests';

/** Powers of 1024, up to a tebibyte: the largest objects have a few. */
const BOUNDS = [0, 1024, 1024 ** 2, 1024 ** 3, 1024 ** 4];
/** Stores name their classes themselves, and an inventory may say anything. */
const CLASSES_MAX = 100;
const OTHER_CLASSES = '(others)';

interface Sum {
  objects: number;
  bytes: number;
  untold: number;
}

const newSum = (): Sum => ({ objects: 0, bytes: 0, untold: 0 });

/** Counts rows. */
export class Totals {
  private readonly all = newSum();
  private readonly classes = new Map<string, Sum>();
  private readonly sizes = BOUNDS.map(() => ({ objects: 0, bytes: 0 }));
  private untoldClasses = 0;
  private deleteMarkers = 0;
  private leftOut = 0;
  private asked = 0;

  get objects(): number {
    return this.all.objects;
  }

  add(rows: readonly SourceRow[], asked: number): void {
    this.asked += asked;
    for (const row of rows) this.addRow(row);
  }

  addLeftOut(deleteMarkers: number): void {
    this.leftOut += deleteMarkers;
  }

  value(): PreviewTotals {
    const byStorageClass = Object.fromEntries([...this.classes].map(([name, sum]) => [name, counted(sum)]));
    return {
      ...counted(this.all),
      untoldSizes: this.all.untold,
      byStorageClass,
      untoldStorageClasses: this.untoldClasses,
      bySize: this.sizes.flatMap((sum, index) => (sum.objects === 0 ? [] : [sizeRange(sum, index)])),
      deleteMarkers: this.deleteMarkers,
      deleteMarkersLeftOut: this.leftOut,
      asked: this.asked,
    };
  }

  private addRow({ size, storageClass, isDeleteMarker }: SourceRow): void {
    if (isDeleteMarker === true) {
      this.deleteMarkers += 1;
      this.all.objects += 1;
      return;
    }
    count(this.all, size);
    if (storageClass === undefined) this.untoldClasses += 1;
    else count(this.classOf(storageClass), size);
    if (size === undefined) return;
    const range = this.sizes[BOUNDS.findLastIndex((bound) => size >= bound)];
    if (range === undefined) return;
    range.objects += 1;
    range.bytes += size;
  }

  private classOf(given: string): Sum {
    const name = this.classes.has(given) || this.classes.size < CLASSES_MAX ? given : OTHER_CLASSES;
    const known = this.classes.get(name);
    if (known !== undefined) return known;
    const sum = newSum();
    this.classes.set(name, sum);
    return sum;
  }
}

function count(sum: Sum, size: number | undefined): void {
  sum.objects += 1;
  if (size === undefined) sum.untold += 1;
  else sum.bytes += size;
}

function counted({ objects, bytes, untold }: Sum): PreviewCount {
  return untold > 0 ? { objects } : { objects, bytes };
}

function sizeRange({ objects, bytes }: Pick<Sum, 'objects' | 'bytes'>, index: number): SizeRange {
  const belowBytes = BOUNDS[index + 1];
  return { fromBytes: BOUNDS[index] ?? 0, ...defined({ belowBytes }), objects, bytes };
}
