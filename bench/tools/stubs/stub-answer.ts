/** Paths of the buckets that the stub answers for itself. */
export const STUB_PATH = /^\/stub-/;

/** The body of CopyObject's answer (API_CopyObject). */
export const COPY_RESULT =
  '<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
  '<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"0123456789abcdef0123456789abcdef"</ETag></CopyObjectResult>';
