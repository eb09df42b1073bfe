/** The settings of every process, after reading (config/load) and checking. Nothing else in Drover reads the environment. */

import type { ProfileSettings } from '../contracts/store-profile';

export interface StaticCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Where the signing identity of requests comes from. `default` is the AWS SDK's own chain (environment, profile, web
 * identity, container, instance); `environment` is the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
 * AWS_SESSION_TOKEN alone; `profile` a section of the shared AWS files; `assumeRole` asks STS, as `source`.
 */
export type Credentials =
  | ({ readonly kind: 'static' } & StaticCredentials)
  | { readonly kind: 'default' }
  | { readonly kind: 'environment' }
  | { readonly kind: 'profile'; readonly profile: string }
  | {
      readonly kind: 'assumeRole';
      readonly roleArn: string;
      readonly source: Credentials;
      readonly sessionName?: string;
      readonly externalId?: string;
      readonly durationSeconds?: number;
      /** The endpoint of the STS service; AWS's own when absent. */
      readonly endpoint?: string;
      readonly region?: string;
    };

/** An S3 endpoint. */
export interface StoreConfig {
  /** Unique; what roles, the workspace and messages call it. */
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  /** What the store understands, as far as it is configured. */
  readonly profile?: ProfileSettings;
  /** The credentials of roles that bring none of their own for this store. */
  readonly credentials: Credentials;
  /** PEM of the authorities that the endpoint's certificate may be signed by; the system's when absent. */
  readonly ca?: string;
  /**
   * Buckets that live here: names, or patterns in which `*` stands for any characters. An exact name wins over a pattern, a
   * longer pattern over a shorter one. At most one store has none: everything that no other store names lives there.
   */
  readonly buckets: readonly string[];
}

/** What a job may be and do that names this role. */
export interface RoleConfig {
  readonly arn: string;
  /** Accounts whose jobs may name it. */
  readonly accounts: readonly string[];
  /** By name of store; the store's own where absent. */
  readonly credentials: Readonly<Record<string, Credentials>>;
  /** Buckets (names or patterns with `*`) that may be read: manifests, sources. What may be written may be read. */
  readonly read: readonly string[];
  /** Buckets that may be written: targets, reports, and objects that are changed in place. */
  readonly write: readonly string[];
  /** Functions that may be invoked: ARNs or names, `*` allowed. */
  readonly functions: readonly string[];
  /** The credentials of LambdaInvoke. */
  readonly functionCredentials: Credentials;
  /** Absent: no vaults. */
  readonly vaults?: RoleVaultsConfig;
  /** Addresses that HttpInvoke may post to. */
  readonly webhooks: readonly RoleWebhookConfig[];
}

/** Names of vaults, or patterns in which `*` stands for any characters. */
export interface RoleVaultsConfig {
  /** Their inventories and archives may be retrieved. */
  readonly retrieve: readonly string[];
  /** Their archives may be deleted, and retrieved, too. */
  readonly deleteArchives: readonly string[];
  readonly credentials: Credentials;
}

export interface RoleWebhookConfig {
  /** This URL and all below it, at a `/`. The longest that fits an address is the one that counts. */
  readonly url: string;
  /** Key of the HMAC-SHA256 signature; absent: requests are not signed. */
  readonly secret?: string;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** It shows jobs and schedules, and changes nothing. */
  readonly viewOnly?: boolean;
}

export interface AccountConfig {
  /** Twelve digits. */
  readonly id: string;
  readonly keys: readonly AccessKey[];
  /** Highest priority of its jobs; any when absent. */
  readonly priorityMax?: number;
  /** Jobs that have not ended, at most; any number when absent. */
  readonly jobsMax?: number;
}

export interface TemporalConfig {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
  readonly taskQueue: string;
  /** PEM texts. Present: TLS is spoken; `ca` absent: the system's authorities. */
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
  };
  readonly apiKey?: string;
  /** What Temporal keeps is encrypted with the first. In the clear when absent. */
  readonly payloadKeys?: readonly string[];
}

/** Targets of the events about every change of a job's status. Names are unique among them: workflows record them. */
export interface NotificationConfig {
  readonly webhooks: readonly WebhookConfig[];
  readonly sns: readonly {
    readonly name: string;
    readonly topicArn: string;
    readonly region: string;
    readonly endpoint?: string;
    readonly credentials: Credentials;
  }[];
  readonly eventBridge: readonly {
    readonly name: string;
    readonly busName: string;
    readonly region: string;
    readonly endpoint?: string;
    readonly credentials: Credentials;
  }[];
  /** Webhooks that a job brings itself (`NotificationUrl`): refused unless a prefix here allows the URL. */
  readonly jobWebhooks: { readonly allow: readonly string[]; readonly secret?: string };
}

export interface WebhookConfig {
  readonly name: string;
  readonly url: string;
  /** Key of the HMAC-SHA256 signature. */
  readonly secret: string;
  /** Statuses that are told; all when absent. */
  readonly statuses?: readonly string[];
  /** Accounts whose jobs are told of; all when absent. */
  readonly accounts?: readonly string[];
}

/** Where metrics are served, without credentials. */
export interface ListenAddress {
  /** An IPv6 address without brackets. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Where spans of jobs are sent, and how many. Shares are from 0 to 1. */
export interface TracesConfig {
  /** The receiver's, its path for spans included. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly jobShare: number;
  /** The share of the requests of those jobs. */
  readonly requestShare: number;
}

export interface Config {
  /** In job ARNs and events. */
  readonly region: string;
  readonly api: {
    readonly host: string;
    readonly port: number;
    /** The audit log's own file; among the other lines of the log when absent. */
    readonly auditLog?: string;
    readonly metrics?: ListenAddress;
  };
  readonly temporal: TemporalConfig;
  readonly stores: readonly StoreConfig[];
  readonly functions: { readonly endpoint?: string; readonly region: string };
  readonly vaults: { readonly endpoint?: string; readonly region: string };
  readonly roles: readonly RoleConfig[];
  readonly accounts: readonly AccountConfig[];
  readonly workspace: {
    readonly store: string;
    readonly bucket: string;
    readonly prefix: string;
    /** The store's own when absent. */
    readonly credentials?: Credentials;
    /** Absent: nothing is removed. */
    readonly keepMs?: number;
  };
  readonly notifications: NotificationConfig;
  readonly worker: {
    readonly batchSlots: number;
    readonly heartbeatTimeoutSeconds: number;
    readonly metrics?: ListenAddress;
  };
  /** Absent: no traces. */
  readonly traces?: TracesConfig;
  readonly limits: {
    /** Most requests in flight to one bucket from one worker. */
    readonly bucketRequestsInFlightMax: number;
    /** Copies between stores of larger objects go in parts. */
    readonly multipartAboveBytes: number;
    readonly multipartPartBytes: number;
  };
  readonly logLevel: string;
}
