import { DroverError } from '../../contracts/engine/failures';
import type { JobRequest } from '../../contracts/job';
import type { SourceMembers } from '../../contracts/text/source-text';
import type { ObjectAccess } from '../jobs/object-access';

type WithEtag<Request> = Omit<Request, 'Manifest'> & Pick<JobRequest, 'Manifest'>;

/** A request whose manifest has an ETag: the present one, where none was given. Throws what `ObjectAccess.resolveEtag` throws. */
export async function withPresentEtag<Request extends SourceMembers & Pick<JobRequest, 'RoleArn'>>(
  request: Request,
  account: string,
  objects: ObjectAccess | undefined,
): Promise<WithEtag<Request>> {
  const { Manifest, ...others } = request;
  if (Manifest === undefined) return others;
  const { ETag, ObjectArn, ObjectVersionId } = Manifest.Location;
  if (ETag === undefined && objects === undefined) {
    throw new DroverError(
      'BadRequestException',
      'Manifest.Location.ETag: is required, because this API does not read stores',
    );
  }
  const etag = ETag ?? (await objects?.resolveEtag(account, request.RoleArn, ObjectArn, ObjectVersionId)) ?? '';
  return { ...others, Manifest: { ...Manifest, Location: { ...Manifest.Location, ETag: etag } } };
}
