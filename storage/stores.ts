import { isWorkspaceBucket, roleMay, storeOf } from '../config/access/buckets';
import type { Config, Credentials, RoleConfig, StoreConfig } from '../config/config';
import { workspaceCredentials, workspaceStore } from '../config/select';
import { DroverError } from '../contracts/engine/failures';
import { LIMITS } from '../contracts/limits';
import type { ProfileSettings } from '../contracts/store-profile';
import { AwsClient } from './aws/client';
import { RequestSerializer } from './aws/request-serializer';
import { ByteBudget } from './byte-budget';
import {
  FUNCTION_SERVICE,
  type Measured,
  RequestCounts,
  type StoreFigures,
  VAULT_SERVICE,
  WEBHOOKS,
  WORKSPACE,
} from './figures';
import { VaultEndpoint } from './glacier/endpoint';
import { RoleVaults } from './glacier/role-vaults';
import { GLACIER } from './glacier/service';
import { GlacierVaults } from './glacier/vaults';
import { BucketLimits, invocationLimits } from './http/adaptive-limit';
import { Hearing, type SilentStore } from './http/hearing';
import { RETRY_LIMITS } from './http/retry-policy';
import type { HttpTransport } from './http/transport';
import { Transports } from './http/transports';
import { FunctionEndpoint } from './lambda/endpoint';
import { LambdaInvoker } from './lambda/invoker';
import { LAMBDA } from './lambda/service';
import type {
  Access,
  FunctionInvoker,
  ObjectStore,
  RoleStores,
  Stores,
  Transfer,
  WebhookInvoker,
} from './object-store';
import { Knowledge } from './profile/knowledge';
import type { RequestOwner } from './request-owner';
import type { RequestSpans } from './request-spans';
import { RoleFunctions, RoleWebhooks } from './role-invokers';
import { StoreEndpoint } from './s3/endpoint';
import { S3_OPERATIONS } from './s3/s3-operations';
import { S3 } from './s3/service';
import { S3Store } from './s3/store';
import { type CredentialSource, CredentialSources, identityOf } from './signing/credentials';
import type { VaultService } from './vaults';
import { WebhookPoster } from './webhooks/poster';

export type StoresConfig = Pick<Config, 'stores' | 'functions' | 'vaults' | 'roles' | 'workspace' | 'limits'>;

/** A manifest may name any number of buckets; what was found for them is looked up again then. */
const BUCKETS_KEPT_MAX = 4_096;

/**
 * All stores of the configuration. Connections and adaptive limits are shared by its roles, and so is a store under equal
 * credentials. Nothing is connected or looked up before it is used.
 */
export function createStores(config: StoresConfig, spans?: RequestSpans): Stores & Measured {
  return new ConfiguredStores(config, spans);
}

class ConfiguredStores implements Stores, Measured {
  private readonly transports = new Transports();
  private readonly s3Serializer = new RequestSerializer(S3);
  private readonly lambdaSerializer = new RequestSerializer(LAMBDA);
  private readonly glacierSerializer = new RequestSerializer(GLACIER);
  private readonly sources = new CredentialSources();
  private readonly stores: ReadonlyMap<StoreConfig, OpenStore>;
  private readonly roles: ReadonlyMap<string, OpenRole>;
  private readonly functions: FunctionEndpoint;
  private readonly invokers = new Map<CredentialSource, LambdaInvoker>();
  private readonly vaultEndpoint: VaultEndpoint;
  private readonly vaults = new Map<CredentialSource, GlacierVaults>();
  private readonly vaultLimits = new BucketLimits();
  /** Shared by all roles, for functions and webhooks: a function is as busy under one role as under another. */
  private readonly invocations = invocationLimits();
  private readonly functionCounts = new RequestCounts();
  private readonly webhookCounts = new RequestCounts();
  private readonly vaultCounts = new RequestCounts();
  private readonly webhooks = new WebhookPoster(this.transports.of(undefined), {
    limits: this.invocations,
    counts: this.webhookCounts,
  });
  private readonly workspaceOpened: OpenStore;
  private readonly workspaceStore: S3Store;
  private readonly transfer: Transfer;

  constructor(
    private readonly config: StoresConfig,
    private readonly spans: RequestSpans | undefined,
  ) {
    const { multipartAboveBytes, multipartPartBytes } = config.limits;
    const memory = new ByteBudget(LIMITS.copy.transferBytesInFlightMax);
    this.transfer = { multipartAboveBytes, multipartPartBytes, memory };
    const isReserved = (bucket: string): boolean => isWorkspaceBucket(config.workspace, bucket);
    this.stores = new Map(config.stores.map((store) => [store, this.open(store, isReserved)]));
    this.roles = new Map(config.roles.map((role) => [role.arn, this.openRole(role)]));
    this.functions = new FunctionEndpoint(config.functions);
    this.vaultEndpoint = new VaultEndpoint(config.vaults);
    // Apart from those of the roles, which have no way to its bucket.
    this.workspaceOpened = this.open(workspaceStore(config), () => false);
    this.workspaceStore = this.workspaceOpened.under(workspaceCredentials(config));
  }

  forRole(roleArn: string, account: string): RoleStores {
    return this.roleOf(roleArn, account);
  }

  private roleOf(roleArn: string, account: string): OpenRole {
    const role = this.roles.get(roleArn);
    if (!role) {
      throw new DroverError(
        'RoleNotConfigured',
        `Role ${roleArn} is not configured: add it under roles of the configuration`,
      );
    }
    if (role.isFor(account)) return role;
    throw new DroverError(
      'AccessDenied',
      `The role ${roleArn} is not for jobs of account ${account}: the configuration does not give it to the account (any more)`,
    );
  }

  workspace(): ObjectStore {
    return this.workspaceStore;
  }

  ownedBy(owner: RequestOwner): Stores {
    const owned = new OwnedParts(owner);
    return {
      forRole: (roleArn, account) => this.roleOf(roleArn, account).ownedBy(owned),
      workspace: () => owned.store(this.workspaceStore),
      ownedBy: (other) => this.ownedBy(other),
      silentStores: () => this.silentStores(),
      close: () => this.close(),
    };
  }

  silentStores(): readonly SilentStore[] {
    return [...this.stores.values(), this.workspaceOpened].flatMap((store) => store.listen() ?? []);
  }

  figures(): readonly StoreFigures[] {
    // Buckets of these would be addresses, which may hold secrets.
    const codeOf = (store: string, { figures }: RequestCounts): StoreFigures[] =>
      figures.length === 0 ? [] : [{ store, calls: figures, buckets: [], silentSinceMs: undefined }];
    return [
      ...[...this.stores].map(([{ name }, store]) => store.figures(name)),
      this.workspaceOpened.figures(WORKSPACE),
      ...codeOf(FUNCTION_SERVICE, this.functionCounts),
      ...codeOf(WEBHOOKS, this.webhookCounts),
      ...codeOf(VAULT_SERVICE, this.vaultCounts),
    ];
  }

  close(): Promise<void> {
    return this.transports.close();
  }

  private open(config: StoreConfig, isReserved: (bucket: string) => boolean): OpenStore {
    return new OpenStore(config, {
      isReserved,
      transport: this.transports.of(config.ca),
      serializer: this.s3Serializer,
      sources: this.sources,
      limits: new BucketLimits({ max: this.config.limits.bucketRequestsInFlightMax }),
      ...(this.spans && { spans: this.spans }),
    });
  }

  private openRole(role: RoleConfig): OpenRole {
    return new OpenRole(role, {
      find: (bucket) => {
        const store = storeOf(this.config.stores, bucket);
        return store && this.storeUnder(store, role.credentials[store.name] ?? store.credentials, bucket);
      },
      invoker: () => this.invokerOf(role.functionCredentials),
      webhooks: this.webhooks,
      vaults: (own) => this.vaultsOf(own),
      transfer: this.transfer,
    });
  }

  /** Throws what `StoreEndpoint.target` throws: a pattern may match what means another bucket in a path, or the workspace. */
  private storeUnder(config: StoreConfig, credentials: Credentials, bucket: string): S3Store {
    const store = this.stores.get(config);
    if (!store) throw new Error(`store ${config.name} is not of this configuration`);
    store.endpoint.target(bucket);
    return store.under(credentials);
  }

  private invokerOf(credentials: Credentials): LambdaInvoker {
    const source = this.sources.of(credentials);
    let invoker = this.invokers.get(source);
    if (!invoker) {
      const client = new AwsClient({
        endpoint: this.functions,
        credentials: source,
        transport: this.transports.of(undefined),
        serializer: this.lambdaSerializer,
        limits: this.invocations,
        counts: this.functionCounts,
      });
      this.invokers.set(source, (invoker = new LambdaInvoker(client, this.functions)));
    }
    return invoker;
  }

  private vaultsOf(credentials: Credentials): GlacierVaults {
    const source = this.sources.of(credentials);
    let vaults = this.vaults.get(source);
    if (!vaults) {
      const client = new AwsClient({
        endpoint: this.vaultEndpoint,
        credentials: source,
        transport: this.transports.of(undefined),
        serializer: this.glacierSerializer,
        limits: this.vaultLimits,
        counts: this.vaultCounts,
      });
      this.vaults.set(source, (vaults = new GlacierVaults(client)));
    }
    return vaults;
  }
}

interface StoreParts {
  readonly isReserved: (bucket: string) => boolean;
  readonly transport: HttpTransport;
  readonly serializer: RequestSerializer;
  readonly sources: CredentialSources;
  readonly limits: BucketLimits;
  readonly spans?: RequestSpans;
}

/** One store, under as many credentials as are used with it. */
class OpenStore {
  readonly endpoint: StoreEndpoint;
  private readonly knowledge: Knowledge;
  private readonly stores = new Map<string, S3Store>();
  private readonly hearing: Hearing;
  private readonly counts = new RequestCounts();
  /** Asks for a sign of life, past requests that wait for their turn. */
  private prober: AwsClient | undefined;
  private isProbing = false;

  constructor(
    config: StoreConfig,
    private readonly parts: StoreParts,
  ) {
    this.endpoint = new StoreEndpoint({ ...config, isReserved: parts.isReserved });
    this.knowledge = new Knowledge(profileOf(config, this.endpoint));
    this.hearing = new Hearing(this.endpoint.describe());
  }

  under(credentials: Credentials): S3Store {
    const id = identityOf(credentials);
    let store = this.stores.get(id);
    if (!store) this.stores.set(id, (store = this.open(this.parts.sources.of(credentials))));
    return store;
  }

  figures(store: string): StoreFigures {
    const { figures: buckets } = this.parts.limits;
    return { store, calls: this.counts.figures, buckets, silentSinceMs: this.hearing.silence?.sinceMs };
  }

  listen(): SilentStore | undefined {
    const { silence } = this.hearing;
    if (silence && Date.now() - silence.sinceMs >= LIMITS.store.silenceProbeMs) void this.probe(silence.resource);
    return silence;
  }

  private async probe(bucket: string): Promise<void> {
    if (this.isProbing || this.prober === undefined) return;
    this.isProbing = true;
    // Any answer is heard; none is what silence is.
    await this.prober.call(S3_OPERATIONS.headBucket, bucket, { Bucket: bucket }).catch(() => undefined);
    this.isProbing = false;
  }

  private open(credentials: CredentialSource): S3Store {
    const { transport, serializer, limits, spans } = this.parts;
    const { endpoint, hearing, counts } = this;
    const parts = { endpoint, credentials, transport, serializer, hearing, counts };
    this.prober ??= new AwsClient({
      ...parts,
      limits: new BucketLimits(),
      requestTimeoutMs: LIMITS.store.silenceProbeTimeoutMs,
      retry: { ...RETRY_LIMITS, attemptsMax: 1, slowDownAttemptsMax: 1 },
    });
    const client = new AwsClient({ ...parts, limits, ...(spans && { spans }) });
    return new S3Store(client, this.endpoint.describe(), {
      knowledge: this.knowledge,
      knowsAllCalls: this.endpoint.isAws,
    });
  }
}

/** Elsewhere than at AWS, what is new is known when the configuration says so. */
function profileOf({ profile }: StoreConfig, { isAws }: StoreEndpoint): ProfileSettings {
  return { ...(isAws && { name: 'AWS' as const }), ...profile };
}

/** Stores as one owner sends requests to them: the same one for the same one. */
class OwnedParts {
  private readonly stores = new Map<S3Store, S3Store>();

  constructor(readonly owner: RequestOwner) {}

  store(shared: S3Store): S3Store {
    let store = this.stores.get(shared);
    if (!store) this.stores.set(shared, (store = shared.ownedBy(this.owner)));
    return store;
  }
}

interface RoleParts {
  /** Undefined when no store has the bucket. */
  readonly find: (bucket: string) => S3Store | undefined;
  readonly invoker: () => LambdaInvoker;
  readonly webhooks: WebhookPoster;
  readonly vaults: (credentials: Credentials) => GlacierVaults;
  readonly transfer: Transfer;
}

class OpenRole implements RoleStores {
  readonly functions: FunctionInvoker;
  readonly webhooks: WebhookInvoker;
  readonly vaults: VaultService;
  readonly transfer: Transfer;
  /** Asked for every task. */
  private readonly found: Readonly<Record<Access, Map<string, ObjectStore>>> = { read: new Map(), write: new Map() };

  constructor(
    private readonly role: RoleConfig,
    private readonly parts: RoleParts,
  ) {
    this.functions = new RoleFunctions(role, parts.invoker);
    this.webhooks = new RoleWebhooks(role, parts.webhooks);
    this.vaults = new RoleVaults(role, parts.vaults);
    this.transfer = parts.transfer;
  }

  ownedBy(owned: OwnedParts): OpenRole {
    const { find, invoker, webhooks, vaults, transfer } = this.parts;
    let invokes: LambdaInvoker | undefined;
    let ownVaults: GlacierVaults | undefined;
    return new OpenRole(this.role, {
      find: (bucket) => {
        const store = find(bucket);
        return store && owned.store(store);
      },
      invoker: () => (invokes ??= invoker().ownedBy(owned.owner)),
      webhooks: webhooks.ownedBy(owned.owner),
      vaults: (own) => (ownVaults ??= vaults(own).ownedBy(owned.owner)),
      transfer,
    });
  }

  isFor(account: string): boolean {
    return this.role.accounts.includes(account);
  }

  storeFor(bucket: string, access: Access): ObjectStore {
    const found = this.found[access];
    let store = found.get(bucket);
    if (store) return store;
    store = this.find(bucket, access);
    if (found.size >= BUCKETS_KEPT_MAX) found.clear();
    found.set(bucket, store);
    return store;
  }

  private find(bucket: string, access: Access): ObjectStore {
    const { arn } = this.role;
    if (!roleMay(this.role, bucket, access)) {
      throw new DroverError('BucketNotAllowed', `The role ${arn} may not ${access} the bucket ${bucket}`);
    }
    const store = this.parts.find(bucket);
    if (store) return store;
    throw new DroverError(
      'StoreNotConfigured',
      `No store is configured for the bucket ${bucket}, which the role ${arn} wants to ${access}`,
    );
  }
}
