import { DroverError } from '../contracts/failures';
import { StoreError } from '../storage/store-error';

/** The store's answer in the words of the job's failure reasons. */
export function manifestError(error: unknown, manifestArn: string): unknown {
  if (!(error instanceof StoreError)) return error;
  const options = { cause: error };
  switch (error.httpStatus) {
    case 403:
      return new DroverError(
        'ManifestAccessDenied',
        `Reading the manifest is forbidden: ${error.code} (${manifestArn})`,
        options,
      );
    case 404:
      return new DroverError('ManifestNotFound', `The manifest was not found: ${error.code} (${manifestArn})`, options);
    case 412:
      return new DroverError(
        'ManifestETagMismatch',
        `The manifest's ETag is not the one given: ${manifestArn}`,
        options,
      );
    default:
      return error;
  }
}
