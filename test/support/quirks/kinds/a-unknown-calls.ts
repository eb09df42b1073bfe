/** Kind A: a store that does not know a subresource takes the call for the object's own, or refuses it in its own way. */
import type { WireAnswer } from '../../memory-store-http/answers';
import type { WireRequest } from '../../memory-store-http/routes';
import { error, isOfObject, type Quirk, type Rule } from '../quirk';

const SOURCE = 'leo-project/leofs#1133, leo-project/leofs#1021, treeverse/lakeFS#6930, getmoto/moto#1732';

type Reading = 'bytes' | 'listing' | 501 | 404 | 'right';

/** Reads of the subresource are answered so; what changes it goes the way of the plain call. */
function takenForObject(subresource: string, reading: Reading): Quirk {
  const rule: Rule = (request, next) => {
    if (!request.query.has(subresource) || !isOfObject(request)) return undefined;
    if (request.method !== 'GET') return next(asPlain(request, subresource));
    if (reading === 'right') return undefined;
    if (reading === 'bytes') return next(asPlain(request, subresource));
    if (reading === 'listing') return next(listing(request));
    return Promise.resolve(reading === 501 ? error(501, 'NotImplemented') : error(404, 'NoSuchKey'));
  };
  const told = reading === 'right' ? 'is right' : `tells ${reading}`;
  return {
    name: `${subresource}-taken-for-object-get-${reading}`,
    kind: 'A',
    describe: `?${subresource} is not known: writes are those of the object, and GET ${told}`,
    source: SOURCE,
    rule: () => rule,
    promise: 'honest',
    // "No such key" says the same of an object that is gone.
    ...(reading !== 404 && { failedStatus: 501 }),
    // Where tags are not known, there are none.
    ...(subresource === 'tagging' && reading !== 'right' && { object: { tags: [] } }),
  };
}

/** moto's way: only DELETE is taken for the object's. */
const DELETE_TAGGING: Quirk = {
  name: 'tagging-delete-taken-for-object',
  kind: 'A',
  describe: 'DELETE ?tagging deletes the object; GET and PUT ?tagging are right',
  source: 'getmoto/moto#1732',
  rule: () => (request, next) =>
    request.method === 'DELETE' && request.query.has('tagging') ? next(asPlain(request, 'tagging')) : undefined,
  promise: 'honest',
};

function refused(subresource: string, answer: WireAnswer): Quirk {
  return {
    name: `${subresource}-refused-${answer.status}`,
    kind: 'A',
    describe: `Each call with ?${subresource} is answered with ${answer.status}`,
    source: 'versitygw 1.8 (ACL 501), SeaweedFS 4.48 (restore 405)',
    rule: () => (request) => (request.query.has(subresource) ? Promise.resolve(answer) : undefined),
    promise: 'honest',
    ...(subresource === 'tagging' && { object: { tags: [] } }),
  };
}

/** A bucket's subresource is answered with the listing of the bucket. */
function takenForListing(subresource: string): Quirk {
  return {
    name: `${subresource}-taken-for-listing`,
    kind: 'A',
    describe: `GET /bucket?${subresource} answers the listing of the bucket`,
    source: SOURCE,
    rule: () => (request, next) =>
      request.query.has(subresource) && !isOfObject(request) ? next(listing(request)) : undefined,
    promise: 'honest',
  };
}

function asPlain(request: WireRequest, subresource: string): WireRequest {
  const query = new URLSearchParams(request.query);
  query.delete(subresource);
  // POST has no plain form: gateways that know PUT alone route it there.
  return { ...request, query, method: request.method === 'POST' ? 'PUT' : request.method };
}

function listing(request: WireRequest): WireRequest {
  const [, bucket = ''] = request.path.split('/');
  return { ...request, path: `/${bucket}`, query: new URLSearchParams('list-type=2') };
}

const READINGS: readonly Reading[] = ['bytes', 'listing', 501, 404, 'right'];

export const UNKNOWN_CALLS: readonly Quirk[] = [
  ...READINGS.map((reading) => takenForObject('tagging', reading)),
  DELETE_TAGGING,
  ...READINGS.map((reading) => takenForObject('acl', reading)),
  ...(['bytes', 501, 'right'] as const).flatMap((reading) => [
    takenForObject('retention', reading),
    takenForObject('legal-hold', reading),
  ]),
  takenForObject('encryption', 'bytes'),
  takenForObject('restore', 'bytes'),
  takenForListing('object-lock'),
  takenForListing('replication'),
  takenForListing('versions'),
  refused('tagging', error(501, 'NotImplemented')),
  refused('tagging', error(405, 'MethodNotAllowed')),
  refused('acl', error(400, 'InvalidArgument', 'Unsupported query parameter acl')),
  refused('acl', error(501, 'NotImplemented')),
  refused('retention', error(405, 'MethodNotAllowed')),
  refused('legal-hold', error(501, 'NotImplemented')),
  refused('restore', error(405, 'MethodNotAllowed')),
  refused('object-lock', error(404, 'NoSuchKey')),
  refused('versions', error(501, 'NotImplemented')),
];
