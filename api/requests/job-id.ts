import { z } from 'zod';

/** S3 Control's bounds (API_control_JobId). */
export const jobId = z.string().regex(/^[a-zA-Z0-9_-]{5,36}$/, 'must be 5 to 36 letters, digits, - or _');
