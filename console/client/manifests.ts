import { answered, api, fetchAtLength, type Schemas } from './api';

export type UploadedManifest = Schemas['UploadedManifest'];

/** Sends a list of objects to the API, where it stays for jobs of the account. Rejects with `ApiError`. */
export function uploadManifest(file: Blob): Promise<UploadedManifest> {
  return answered(
    api.PUT('/api/manifests', {
      headers: { 'Content-Type': 'text/csv' },
      body: file as unknown as string,
      bodySerializer: () => file,
      fetch: (asked: Request) => fetchAtLength(asked),
    }),
  );
}
