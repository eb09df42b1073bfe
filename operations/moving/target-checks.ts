import type { ObjectProperties, ObjectRef } from '../../storage/object-store';

/** True when nobody has written the object anew between the two looks, as far as can be told; false when nothing can. */
export function isSameState(a: ObjectProperties, b: ObjectProperties): boolean {
  const isTold = a.etag !== '' || a.versionId !== undefined || a.lastModified !== undefined;
  return (
    isTold &&
    a.etag === b.etag &&
    a.contentLength === b.contentLength &&
    a.versionId === b.versionId &&
    a.lastModified?.getTime() === b.lastModified?.getTime()
  );
}

/**
 * Stores on file systems take keys for paths, some without regard to case: `a//b`, `./a/b` and `A/b` may all be one object.
 * Deleting one as the other's source would delete both.
 */
export function mayBeOneObject(a: ObjectRef, b: ObjectRef): boolean {
  return a.bucket === b.bucket && asPath(a.key) === asPath(b.key);
}

function asPath(key: string): string {
  const names: string[] = [];
  for (const name of key.normalize('NFKC').toLowerCase().split(/[/\\]/)) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.join('/');
}

export function shownRef({ bucket, key }: ObjectRef): string {
  return `${bucket}/${key}`;
}
