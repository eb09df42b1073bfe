import { DroverError } from '../contracts/engine/failures';
import { SEARCH_ATTRIBUTE_TYPES } from '../contracts/engine/naming';
import { LIMITS } from '../contracts/limits';
import { DAY_MS } from '../contracts/limits/units';

/** Values of temporal.api.enums.v1.IndexedValueType that we use. */
const INDEXED_VALUE_TYPES = { Keyword: 2, Int: 3 } as const;
const TYPE_NAMES: Record<number, string> = {
  1: 'Text',
  2: 'Keyword',
  3: 'Int',
  4: 'Double',
  5: 'Bool',
  6: 'Datetime',
  7: 'KeywordList',
};
/** How long a new search attribute may take until the server accepts it: milliseconds on the dev server, longer on clusters. */
const USABLE_WITHIN_MS = 15_000;
const POLL_MS = 200;
const RETENTION_DAYS = LIMITS.job.retentionMs / DAY_MS;

/** What is needed of a Temporal connection, of the client's kind and of the worker's. */
export interface NamespaceConnection {
  readonly operatorService: {
    listSearchAttributes(request: { namespace: string }): Promise<{
      customAttributes?: Record<string, number> | null;
    }>;
    addSearchAttributes(request: { namespace: string; searchAttributes: Record<string, number> }): Promise<unknown>;
  };
  readonly workflowService: {
    describeNamespace(request: { namespace: string }): Promise<{
      config?: { workflowExecutionRetentionTtl?: { seconds?: unknown } | null } | null;
    }>;
    updateNamespace(request: {
      namespace: string;
      config: { workflowExecutionRetentionTtl: { seconds: number } };
    }): Promise<unknown>;
  };
}

export interface NamespacePreparation {
  /** Search attributes that were added now. */
  readonly added: readonly string[];
  readonly retentionSeconds: number;
  /** What could not be set up and is not vital, in words for the operator. */
  readonly warnings: readonly string[];
}

/**
 * Makes a namespace ready for jobs: registers the missing search attributes, and has ended jobs kept for 90 days. Both are
 * done once and cost two reads afterwards. Throws `DroverError('InvalidConfiguration')` for a search attribute that is
 * missing and can't be added, or has another type: workflows that set it would hang without a word. Errors of a server that
 * does not answer come through as they are.
 */
export async function prepareNamespace(
  connection: NamespaceConnection,
  namespace: string,
): Promise<NamespacePreparation> {
  const added = await registerSearchAttributes(connection, namespace);
  return { added, ...(await setRetention(connection, namespace)) };
}

export interface NamespaceState {
  /** Search attributes that are yet to be registered. */
  readonly missing: readonly string[];
  readonly retentionSeconds: number;
}

/** What `prepareNamespace` would find, without changing anything. Throws as it does. */
export async function inspectNamespace(connection: NamespaceConnection, namespace: string): Promise<NamespaceState> {
  const retentionSeconds = await retentionOf(connection, namespace);
  const missing = Object.keys(missingAttributes(await registeredTypes(connection, namespace)));
  return { missing, retentionSeconds };
}

async function registerSearchAttributes(connection: NamespaceConnection, namespace: string): Promise<string[]> {
  const missing = missingAttributes(await registeredTypes(connection, namespace));
  const names = Object.keys(missing);
  if (names.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
  } catch (error) {
    // Another process may have added them meanwhile; that answer differs between servers, so look again.
    if (unreachable(error)) throw error;
    const still = Object.keys(missingAttributes(await registeredTypes(connection, namespace)));
    if (still.length > 0) throw notAllowed(namespace, still, error);
  }
  const deadline = Date.now() + USABLE_WITHIN_MS;
  while (Object.keys(missingAttributes(await registeredTypes(connection, namespace))).length > 0) {
    if (Date.now() > deadline) throw notAllowed(namespace, names, undefined);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return names;
}

async function registeredTypes(connection: NamespaceConnection, namespace: string): Promise<Record<string, number>> {
  return (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes ?? {};
}

/** Adding one again with another type is accepted by the server and changes nothing, hence the comparison. */
function missingAttributes(registered: Record<string, number>): Record<string, number> {
  const missing: Record<string, number> = {};
  for (const [name, typeName] of Object.entries(SEARCH_ATTRIBUTE_TYPES)) {
    const wanted = INDEXED_VALUE_TYPES[typeName];
    const found = registered[name];
    if (found === undefined) missing[name] = wanted;
    else if (found !== wanted) {
      throw new DroverError(
        'InvalidConfiguration',
        `Temporal's search attribute ${name} has the type ${TYPE_NAMES[found] ?? String(found)}, it must be ${typeName}: remove it, or use another namespace (TEMPORAL_NAMESPACE)`,
      );
    }
  }
  return missing;
}

function notAllowed(namespace: string, names: readonly string[], cause: unknown): DroverError {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  return new DroverError(
    'InvalidConfiguration',
    `The search attributes ${names.join(', ')} are missing in Temporal's namespace '${namespace}' and could not be added${why}. Let an administrator run: ${createAttributesCommand(namespace, names)}`,
    { cause },
  );
}

export function createAttributesCommand(namespace: string, names: readonly string[]): string {
  const flags = names.map((name) => `--name ${name} --type ${typeNameOf(name)}`).join(' ');
  return `temporal operator search-attribute create --namespace ${namespace} ${flags}`;
}

export function setRetentionCommand(namespace: string): string {
  return `temporal operator namespace update --namespace ${namespace} --retention ${RETENTION_DAYS}d`;
}

function typeNameOf(name: string): string {
  return (SEARCH_ATTRIBUTE_TYPES as Record<string, string>)[name] ?? 'Keyword';
}

async function setRetention(
  connection: NamespaceConnection,
  namespace: string,
): Promise<{ retentionSeconds: number; warnings: string[] }> {
  const wanted = LIMITS.job.retentionMs / 1_000;
  const present = await retentionOf(connection, namespace);
  if (present >= wanted) return { retentionSeconds: present, warnings: [] };
  try {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: { seconds: wanted } },
    });
    return { retentionSeconds: wanted, warnings: [] };
  } catch (error) {
    if (unreachable(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const warning = `Temporal keeps ended jobs of namespace '${namespace}' for ${present / 3_600} hours instead of 90 days, and it could not be changed (${reason}). Let an administrator run: ${setRetentionCommand(namespace)}`;
    return { retentionSeconds: present, warnings: [warning] };
  }
}

async function retentionOf(connection: NamespaceConnection, namespace: string): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  // A 64-bit number comes as an object of the protobuf library.
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
}

/** gRPC's DEADLINE_EXCEEDED and UNAVAILABLE. */
function unreachable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 4 || code === 14;
}
