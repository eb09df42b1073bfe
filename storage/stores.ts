import type { Config, Credentials } from '../config/config';
import { workspaceCredentials, workspaceStore } from '../config/select';
import { DroverError } from '../contracts/failures';
import { BucketLimits } from './adaptive-limit';
import { credentialSource, type CredentialSource } from './credentials';
import { LambdaInvoker } from './function-invoker';
import { HttpTransport } from './http-transport';
import { LeanClient } from './lean-client';
import type { ObjectStore, RoleStores, Stores } from './object-store';
import { RequestSerializer } from './request-serializer';
import { S3Store } from './s3-store';
import { StoreEndpoint } from './store-endpoint';

export type StoresConfig = Pick<Config, 'stores' | 'functions' | 'roles' | 'workspace'>;

/** All stores of the configuration. Connections and adaptive limits are shared by its roles. */
export function createStores(config: StoresConfig): Stores {
  return new ConfiguredStores(config);
}

/** What goes under one set of credentials. */
interface Access {
  readonly store: ObjectStore;
  readonly functions: LambdaInvoker;
}

class ConfiguredStores implements Stores {
  private readonly endpoint: StoreEndpoint;
  private readonly transport = new HttpTransport();
  private readonly serializer = new RequestSerializer();
  private readonly limits = new BucketLimits();
  private readonly credentialsOfRole: ReadonlyMap<string, Credentials>;
  private readonly accesses = new Map<string, Access>();

  constructor(private readonly config: StoresConfig) {
    this.endpoint = new StoreEndpoint(workspaceStore(config));
    this.credentialsOfRole = new Map(config.roles.map((role) => [role.arn, role.credentials['default'] ?? workspaceStore(config).credentials]));
  }

  forRole(roleArn: string): RoleStores {
    const credentials = this.credentialsOfRole.get(roleArn);
    if (!credentials) {
      throw new DroverError(
        'RoleNotConfigured',
        `Role ${roleArn} is not configured. Jobs may act as ${[...this.credentialsOfRole.keys()].join(', ') || 'no role yet'}; set DROVER_ROLE_ARN to use another`,
      );
    }
    const { store, functions } = this.accessOf(credentials);
    return { storeFor: () => store, functions };
  }

  workspace(): ObjectStore {
    return this.accessOf(workspaceCredentials(this.config)).store;
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private accessOf(credentials: Credentials): Access {
    const id = identityOf(credentials);
    let access = this.accesses.get(id);
    if (!access) this.accesses.set(id, (access = this.open(credentialSource(credentials))));
    return access;
  }

  private open(credentials: CredentialSource): Access {
    const { endpoint, transport, serializer, limits } = this;
    const client = new LeanClient({ endpoint, credentials, transport, serializer, limits });
    return {
      store: new S3Store(client, endpoint.describe()),
      functions: new LambdaInvoker(this.config.functions, credentials, transport),
    };
  }
}

function identityOf(credentials: Credentials): string {
  return JSON.stringify(credentials);
}
