import { StoreError } from '../../../../storage/store-error';
import { MemoryStore } from '../../../support/memory-store/store';
import { OperationRunner } from '../../../support/operation-runner';

export const LOST = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });

export function versioned(
  keys: readonly string[] = ['k'],
  options: { readonly objectLock?: boolean } = {},
): MemoryStore {
  const store = new MemoryStore();
  store.createBucket('b', { versioned: true, ...options });
  for (const key of keys) store.seed('b', key);
  return store;
}

export function methods(store: MemoryStore): string[] {
  return store.calls.map(({ method }) => method);
}

export function kinds(store: MemoryStore, key = 'k'): string[] {
  return store.versions('b', key).map(({ deleteMarker }) => (deleteMarker ? 'marker' : 'object'));
}

export const one = (store: MemoryStore): OperationRunner => new OperationRunner(store, 'S3DeleteObject', {});
export const all = (store: MemoryStore): OperationRunner =>
  new OperationRunner(store, 'S3DeleteObject', { AllVersions: true });
