/** Files in their order, in as many parts as there may be: each part costs the job's history some ten events. */
export function inParts<File>(files: readonly File[], partsMax: number): readonly (readonly File[])[] {
  const perPart = Math.max(1, Math.ceil(files.length / partsMax));
  const parts: (readonly File[])[] = [];
  for (let first = 0; first < files.length; first += perPart) parts.push(files.slice(first, first + perPart));
  return parts;
}
