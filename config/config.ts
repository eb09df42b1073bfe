/** The settings of every process, after reading (config/load) and checking. Nothing else in Drover reads the environment. */

export interface StaticCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** `default` is the AWS SDK's own chain: environment, profile, container, instance. */
export type Credentials = ({ readonly kind: 'static' } & StaticCredentials) | { readonly kind: 'default' };

export interface StoreConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
}

export interface RoleConfig {
  readonly arn: string;
  readonly credentials: Credentials;
}

export interface AccountConfig {
  /** Twelve digits. */
  readonly id: string;
  readonly keys: readonly { readonly accessKeyId: string; readonly secretAccessKey: string }[];
}

export interface Config {
  readonly api: { readonly host: string; readonly port: number };
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly uiUrl?: string;
    readonly taskQueue: string;
  };
  readonly store: StoreConfig;
  readonly functions: { readonly endpoint?: string; readonly region: string };
  readonly roles: readonly RoleConfig[];
  readonly accounts: readonly AccountConfig[];
  readonly workspace: { readonly bucket: string; readonly prefix: string; readonly credentials: Credentials };
  readonly worker: { readonly batchSlots: number };
  readonly logLevel: string;
}
