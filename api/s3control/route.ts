import { DroverError } from '../../contracts/failures';

export type S3ControlCall =
  | { readonly name: 'CreateJob' | 'ListJobs' }
  | { readonly name: 'DescribeJob' | 'UpdateJobPriority' | 'UpdateJobStatus'; readonly jobId: string };

const TAGGING_CALLS: Record<string, string> = {
  GET: 'GetJobTagging',
  PUT: 'PutJobTagging',
  DELETE: 'DeleteJobTagging',
};

/**
 * Which of the jobs API's calls a request is, from its method and raw path. Paths are compared as they came: the JS SDK
 * sends an empty job id as `/v20180820/jobs/`, and that must not be taken for a listing.
 * Throws BadRequestException, MethodNotAllowed, NoSuchResource or NotImplemented.
 */
export function routeCall(method: string, path: string): S3ControlCall {
  const [, rest = ''] = /^\/v20180820\/jobs(\/.*)?$/.exec(path) ?? noSuchResource(path);
  if (rest === '') {
    if (method === 'POST') return { name: 'CreateJob' };
    if (method === 'GET') return { name: 'ListJobs' };
    throw methodNotAllowed(method, path);
  }
  const [, id = '', action, ...deeper] = rest.split('/');
  if (id === '') throw new DroverError('BadRequestException', 'JobId: must be 5 to 36 letters, digits, - or _');
  if (deeper.length > 0) return noSuchResource(path);
  const jobId = decoded(id);
  switch (action) {
    case undefined:
      if (method !== 'GET') throw methodNotAllowed(method, path);
      return { name: 'DescribeJob', jobId };
    case 'priority':
      if (method !== 'POST') throw methodNotAllowed(method, path);
      return { name: 'UpdateJobPriority', jobId };
    case 'status':
      if (method !== 'POST') throw methodNotAllowed(method, path);
      return { name: 'UpdateJobStatus', jobId };
    case 'tagging': {
      const call = TAGGING_CALLS[method];
      if (call === undefined) throw methodNotAllowed(method, path);
      throw new DroverError('NotImplemented', `${call} is not supported yet: tags are given in CreateJob only`);
    }
    default:
      return noSuchResource(path);
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function noSuchResource(path: string): never {
  throw new DroverError('NoSuchResource', `There is nothing at ${path}`);
}

function methodNotAllowed(method: string, path: string): DroverError {
  return new DroverError('MethodNotAllowed', `${method} is not allowed on ${path}`);
}
