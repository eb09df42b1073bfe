/** Roles and configurations over in-memory stores. */
import { DroverError } from '../../../contracts/engine/failures';
import { LIMITS } from '../../../contracts/limits';
import type { OperationContext } from '../../../operations/operation';
import { ByteBudget } from '../../../storage/byte-budget';
import { RoleVaults } from '../../../storage/glacier/role-vaults';
import type {
  FunctionInvoker,
  ObjectStore,
  RoleStores,
  Stores,
  Transfer,
  WebhookInvoker,
} from '../../../storage/object-store';
import type { RequestOwner } from '../../../storage/request-owner';
import { refuseDirectoryBucket } from '../../../storage/s3/endpoint';
import type { VaultService } from '../../../storage/vaults';
import { MemoryFunctions } from './functions';
import { MemoryTaskNotes } from './task-notes';
import { MemoryUploadNotes } from './upload-notes';
import { MemoryWebhooks } from './webhooks';

/** Stores of one role over a single store, or two. `denied` buckets throw as `storeFor` does for a role without the right. */
export function memoryRoleStores(
  store: ObjectStore,
  options: {
    readonly functions?: FunctionInvoker;
    readonly denied?: readonly string[];
    /** Another store that holds these buckets. */
    readonly elsewhere?: { readonly store: ObjectStore; readonly buckets: readonly string[] };
    readonly transfer?: Partial<Transfer>;
    readonly webhooks?: WebhookInvoker;
    readonly vaults?: VaultService;
  } = {},
): RoleStores & Pick<OperationContext, 'createdAt' | 'uploads' | 'notes'> {
  const { elsewhere, transfer } = options;
  return {
    storeFor(bucket) {
      refuseDirectoryBucket(bucket);
      if (options.denied?.includes(bucket)) {
        throw new DroverError('BucketNotAllowed', `The role may not use bucket ${bucket}`);
      }
      return elsewhere?.buckets.includes(bucket) ? elsewhere.store : store;
    },
    functions: options.functions ?? new MemoryFunctions(),
    webhooks: options.webhooks ?? new MemoryWebhooks(),
    vaults: options.vaults ?? new RoleVaults({ arn: 'a role without vaults' }, noVaults),
    createdAt: new Date('2026-01-01T00:00:00Z'),
    uploads: new MemoryUploadNotes(),
    notes: new MemoryTaskNotes(),
    transfer: {
      multipartAboveBytes: LIMITS.multipart.aboveBytes,
      multipartPartBytes: LIMITS.multipart.partBytes,
      memory: new ByteBudget(LIMITS.copy.transferBytesInFlightMax),
      ...transfer,
    },
  };
}

function noVaults(): never {
  throw new Error('this role has no vaults');
}

/** The same stores for every role, except those that `roles` leaves out, and every account but those that it was taken from. */
export function memoryStores(
  role: RoleStores,
  workspace: ObjectStore,
  roles?: readonly string[],
  takenFrom: readonly string[] = [],
): Stores {
  const stores: Stores = {
    forRole(roleArn, account) {
      if (takenFrom.includes(account)) throw new DroverError('AccessDenied', `The role is not for account ${account}`);
      if (roles === undefined || roles.includes(roleArn)) return role;
      throw new DroverError('RoleNotConfigured', `No credentials are configured for role ${roleArn}`);
    },
    workspace: () => workspace,
    ownedBy: (owner) => ({
      ...stores,
      forRole(roleArn, account) {
        const own = stores.forRole(roleArn, account);
        return { ...own, storeFor: (bucket, access) => ownedStore(own.storeFor(bucket, access), owner) };
      },
      workspace: () => ownedStore(workspace, owner),
    }),
    silentStores: () => [],
    close: () => Promise.resolve(),
  };
  return stores;
}

/** Asks the owner before each call, as stores do before each request. */
function ownedStore(store: ObjectStore, owner: RequestOwner): ObjectStore {
  let owned = ownedStores.get(owner)?.get(store);
  if (owned) return owned;
  owned = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || name === 'describe') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        owner.check();
        return Reflect.apply(member, target, args);
      };
    },
  });
  const ofOwner = ownedStores.get(owner) ?? new Map<ObjectStore, ObjectStore>();
  ownedStores.set(owner, ofOwner.set(store, owned));
  return owned;
}

const ownedStores = new WeakMap<RequestOwner, Map<ObjectStore, ObjectStore>>();
