import { DroverError } from '../../contracts/engine/failures';

export type S3ControlCall =
  { readonly name: 'CreateJob' | 'ListJobs' } | { readonly name: JobCall; readonly jobId: string };

type JobCall =
  'DescribeJob' | 'UpdateJobPriority' | 'UpdateJobStatus' | 'GetJobTagging' | 'PutJobTagging' | 'DeleteJobTagging';

/** By what follows the job id in the path, and by method. */
const JOB_CALLS = new Map<string, ReadonlyMap<string, JobCall>>([
  ['', new Map([['GET', 'DescribeJob']])],
  ['/priority', new Map([['POST', 'UpdateJobPriority']])],
  ['/status', new Map([['POST', 'UpdateJobStatus']])],
  [
    '/tagging',
    new Map([
      ['GET', 'GetJobTagging'],
      ['PUT', 'PutJobTagging'],
      ['DELETE', 'DeleteJobTagging'],
    ]),
  ],
]);

/**
 * Terraform's AWS provider (6.23 and newer) asks S3 Control for the tags of buckets (ListTagsForResource, TagResource,
 * UntagResource), and the store itself where it is told MethodNotAllowed (terraform-provider-aws#46122): one endpoint serves
 * jobs and buckets. AWS has no tags of jobs there. Throws MethodNotAllowed.
 */
export function refuseResourceTags(method: string, path: string): void {
  if (/^\/v20180820\/tags(?:\/|$)/.test(path)) throw methodNotAllowed(method, path);
}

/**
 * Which of the jobs API's calls a request is, from its method and raw path. Paths are compared as they came: the JS SDK
 * sends an empty job id as `/v20180820/jobs/`, and that must not be taken for a listing.
 * Throws BadRequestException, MethodNotAllowed or NoSuchResource.
 */
export function routeCall(method: string, path: string): S3ControlCall {
  const [, rest = ''] = /^\/v20180820\/jobs(\/.*)?$/.exec(path) ?? noSuchResource(path);
  if (rest === '') {
    if (method === 'POST') return { name: 'CreateJob' };
    if (method === 'GET') return { name: 'ListJobs' };
    throw methodNotAllowed(method, path);
  }
  const [, id = '', ...deeper] = rest.split('/');
  if (id === '') throw new DroverError('BadRequestException', 'JobId: must be 5 to 36 letters, digits, - or _');
  const calls = JOB_CALLS.get(deeper.map((part) => `/${part}`).join('')) ?? noSuchResource(path);
  const name = calls.get(method);
  if (name === undefined) throw methodNotAllowed(method, path);
  return { name, jobId: decoded(id) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function noSuchResource(path: string): never {
  throw new DroverError('NoSuchResource', `Not found: ${path}`);
}

function methodNotAllowed(method: string, path: string): DroverError {
  return new DroverError('MethodNotAllowed', `${method} is not allowed on ${path}`);
}
