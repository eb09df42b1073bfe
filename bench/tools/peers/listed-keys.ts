/** One folder with all keys, or folders in folders. */
export type ListedShape = 'flat' | 'deep';

const HERDS = 40;
const YEARS = 5;

/** The key of this number among `keys`, in the order of bytes. */
export function listedKey(shape: ListedShape, keys: number, index: number): string {
  const name = String(index).padStart(9, '0');
  if (shape === 'flat') return `cow-${name}.txt`;
  const herd = Math.floor((index * HERDS) / keys);
  const year = Math.floor((index * HERDS * YEARS) / keys) % YEARS;
  return `animals/herd-${String(herd).padStart(2, '0')}/${String(2_020 + year)}/cow-${name}.txt`;
}

/** The answer to ListObjectsV2 with the keys from `first` to before `last`. */
export function listedPage(shape: ListedShape, keys: number, first: number, last: number): string {
  const isTruncated = last < keys;
  let xml = '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">';
  xml += `<Name>stub</Name><Prefix></Prefix><EncodingType>url</EncodingType><KeyCount>${String(last - first)}</KeyCount>`;
  xml += `<MaxKeys>1000</MaxKeys><IsTruncated>${String(isTruncated)}</IsTruncated>`;
  if (isTruncated) xml += `<NextContinuationToken>${listedKey(shape, keys, last - 1)}</NextContinuationToken>`;
  for (let index = first; index < last; index++) xml += entry(listedKey(shape, keys, index));
  return `${xml}</ListBucketResult>`;
}

function entry(key: string): string {
  return (
    `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>` +
    '<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>1024</Size><StorageClass>STANDARD</StorageClass></Contents>'
  );
}

const PAGE_KEYS = 1_000;

/** The answer to a ListObjectsV2 with these parameters. */
export function stubPage(shape: ListedShape, keys: number, query: URLSearchParams): string {
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const first = after === '' ? 0 : countUpTo(shape, keys, after);
  const last = Math.min(keys, first + Math.min(PAGE_KEYS, Number(query.get('max-keys') ?? PAGE_KEYS)));
  return listedPage(shape, keys, first, last);
}

/** How many of the keys are not behind `after`. Keys are of ASCII. */
function countUpTo(shape: ListedShape, keys: number, after: string): number {
  let low = 0;
  let high = keys;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (listedKey(shape, keys, middle) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
