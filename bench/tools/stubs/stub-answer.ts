/** Paths of the buckets that the stub answers for itself. */
export const STUB_PATH = /^\/stub-/;

/** The body of CopyObject's answer (API_CopyObject). */
export const COPY_RESULT =
  '<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
  '<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"0123456789abcdef0123456789abcdef"</ETag></CopyObjectResult>';

/** What shows a job that the store knows the call which it is going to make: by subresource. Nothing else is there to be read. */
export const READ_ANSWERS: Readonly<Record<string, string>> = {
  tagging: '<Tagging><TagSet></TagSet></Tagging>',
  acl: '<AccessControlPolicy><Owner><ID>stub</ID></Owner><AccessControlList></AccessControlList></AccessControlPolicy>',
};

export function readAnswer(method: string | undefined, url: string): string | undefined {
  if (method !== 'GET') return undefined;
  const query = new URLSearchParams(url.slice(url.indexOf('?') >>> 0));
  return Object.entries(READ_ANSWERS).find(([name]) => query.has(name))?.[1];
}
