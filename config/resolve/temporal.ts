import { defined } from '../../contracts/defined';
import type { TemporalConfig } from '../config';
import { DEFAULTS } from '../defaults';
import type { Sources } from '../file/sources';

export function resolveTemporal(sources: Sources): TemporalConfig {
  const { env } = sources;
  const given = sources.file.temporal ?? {};
  return defined({
    address: env.TEMPORAL_ADDRESS ?? given.address ?? DEFAULTS.temporalAddress,
    namespace: env.TEMPORAL_NAMESPACE ?? given.namespace ?? DEFAULTS.temporalNamespace,
    taskQueue: env.DROVER_TASK_QUEUE ?? given.taskQueue ?? DEFAULTS.taskQueue,
    uiUrl: env.TEMPORAL_UI_URL ?? given.uiUrl,
    apiKey: env.TEMPORAL_API_KEY ?? given.apiKey,
    payloadKeys: given.payloadKeys,
    tls: resolveTls(sources),
  });
}

/** Undefined: no TLS. With an API key it is the default, as in Temporal's own tools. */
function resolveTls({ env, file, filesOfEnv, filesOfFile, problems }: Sources): TemporalConfig['tls'] {
  const fromEnv = defined({
    ca: filesOfEnv.certificates(env.TEMPORAL_TLS_CA, ['TEMPORAL_TLS_CA']),
    cert: filesOfEnv.certificates(env.TEMPORAL_TLS_CERT, ['TEMPORAL_TLS_CERT']),
    key: filesOfEnv.privateKey(env.TEMPORAL_TLS_KEY, ['TEMPORAL_TLS_KEY']),
    serverName: env.TEMPORAL_TLS_SERVER_NAME,
  });
  const hasVariables = Object.keys(fromEnv).length > 0;
  const given = file.temporal?.tls;
  const apiKey = env.TEMPORAL_API_KEY ?? file.temporal?.apiKey;
  if (env.TEMPORAL_TLS === false && hasVariables) {
    problems.push({ path: ['TEMPORAL_TLS'], message: 'is false, but other TEMPORAL_TLS_ variables are set' });
  }
  const wanted = env.TEMPORAL_TLS ?? (hasVariables || (given === undefined ? apiKey !== undefined : given !== false));
  if (!wanted) return undefined;
  const path = ['temporal', 'tls'];
  const settings = typeof given === 'object' ? given : {};
  const fromFile = defined({
    ca: filesOfFile.certificates(settings.caFile, [...path, 'caFile']),
    cert: filesOfFile.certificates(settings.certFile, [...path, 'certFile']),
    key: filesOfFile.privateKey(settings.keyFile, [...path, 'keyFile']),
    serverName: settings.serverName,
  });
  const tls = { ...fromFile, ...fromEnv };
  if ((tls.cert === undefined) !== (tls.key === undefined) && problems.length === 0) {
    problems.push({ path, message: 'the client certificate and its private key must be set together: one is missing' });
  }
  return tls;
}
