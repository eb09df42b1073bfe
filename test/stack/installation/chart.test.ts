/**
 * Goal: what the Helm chart makes is what Kubernetes takes and what the programs read. Method: Helm renders the chart with small and
 * with many values; the manifests are held to the schemas of the oldest and the newest Kubernetes, their variables and configuration to ours.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { loadDevConfig } from '../../../config/dev';
import { environmentSchema } from '../../../config/environment';
import { loadConfig } from '../../../config/load';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { provideHelm } from '../../../dev/tools/helm';
import { provideKubernetesValidate } from '../../../dev/tools/python-tools';
import { knownMetrics, metricsIn } from '../../support/promql';

const CHART = join(PROJECT_ROOT, 'deploy', 'helm', 'drover');
const KUBERNETES = ['1.29', '1.37'];
const VALUES = ['small', 'everything'] as const;
const INSTALL_TIMEOUT_MS = 600_000;

interface Container {
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly readinessProbe: { readonly httpGet: { readonly path: string; readonly port: string } };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly triggers?: readonly { readonly metadata: Readonly<Record<string, string>> }[];
    readonly template?: {
      readonly spec: { readonly containers: readonly Container[]; readonly terminationGracePeriodSeconds: number };
    };
  };
}

let helm: string;
let validate: string;
let folder: string;

beforeAll(async () => {
  const config = loadDevConfig();
  [helm, validate] = [await provideHelm(config), await provideKubernetesValidate(config)];
  folder = mkdtempSync(join(tmpdir(), 'drover-chart-'));
}, INSTALL_TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function values(name: string): string[] {
  return ['-f', join(CHART, 'ci', `${name}-values.yaml`), '--kube-version', '1.34.0'];
}

function render(name: string, ...more: string[]): string {
  return execFileSync(helm, ['template', 'x', CHART, ...values(name), ...more], { encoding: 'utf8', stdio: 'pipe' });
}

function manifests(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => (document.toJSON() as Manifest | null) ?? []);
}

/** By the last part of its name: `api` or `worker`. */
function podOf(text: string, name: string) {
  const found = manifests(text).find(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith(name));
  const { containers, terminationGracePeriodSeconds } = found!.spec!.template!.spec;
  return { container: containers[0]!, terminationGracePeriodSeconds };
}

test.each(VALUES)('with %s values it is a good chart, and makes what each Kubernetes takes', (name) => {
  execFileSync(helm, ['lint', '--strict', CHART, ...values(name)], { stdio: 'pipe' });
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, render(name));
  for (const version of KUBERNETES) {
    const { status, stdout, stderr } = spawnSync(validate, ['--strict', '--no-warn', '-k', version, file], {
      encoding: 'utf8',
    });
    expect({ version, status, said: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({
      version,
      status: 0,
      said: '',
    });
  }
});

test('a manifest that is wrong would be noticed', () => {
  const file = join(folder, 'wrong.yaml');
  writeFileSync(file, render('small').replaceAll('containerPort: 8800', 'containerPort: "eighty"'));
  expect(spawnSync(validate, ['--strict', '--no-warn', '-k', KUBERNETES[1]!, file]).status).not.toBe(0);
});

test.each(VALUES)('with %s values the containers start programs with variables that they know', (name) => {
  const known = Object.keys(environmentSchema.shape);
  for (const part of ['api', 'worker']) {
    const { container } = podOf(render(name), part);
    expect(container.env.map((variable) => variable.name).filter((variable) => !known.includes(variable))).toEqual([]);
    expect(container.command[0]).toBe('node');
    const program = container.command
      .at(-1)!
      .replace(/^dist\//, '')
      .replace(/\.js$/, '.ts');
    expect(existsSync(join(PROJECT_ROOT, program))).toBe(true);
    expect(container.readinessProbe.httpGet.path).toBe('/healthz');
  }
  expect(podOf(render(name), 'worker').terminationGracePeriodSeconds).toBeGreaterThanOrEqual(40);
});

test('the configuration of the values is what the programs load', () => {
  const text = render('small');
  const map = manifests(text).find(({ kind }) => kind === 'ConfigMap');
  writeFileSync(join(folder, 'drover.config.yaml'), map?.data?.['drover.config.yaml'] ?? '');
  const variables = podOf(text, 'api').container.env.map((variable) => [variable.name, variable.value ?? '']);
  const config = loadConfig({
    ...(Object.fromEntries(variables) as Record<string, string>),
    DROVER_CONFIG: join(folder, 'drover.config.yaml'),
    DROVER_API_KEY: 'AK',
    DROVER_API_SECRET: 'a secret',
  });
  expect(config.api).toMatchObject({ host: '0.0.0.0', port: 8800, metrics: { port: 9464 } });
  expect(config.accounts[0]?.keys).toEqual([{ accessKeyId: 'AK', secretAccessKey: 'a secret' }]);
});

test('workers are scaled by metrics that there are', async () => {
  const scaled = manifests(render('everything')).find(({ kind }) => kind === 'ScaledObject');
  const queries = (scaled?.spec?.triggers ?? []).map(({ metadata }) => metadata['query'] ?? '');
  expect(queries).toHaveLength(2);
  const present = knownMetrics();
  for (const query of queries) {
    const { metrics, errors } = await metricsIn(query);
    expect({ query, errors, unknown: metrics.filter((metric) => !present.has(metric)) }).toEqual({
      query,
      errors: [],
      unknown: [],
    });
    expect(metrics.length).toBeGreaterThan(0);
  }
});

test.each<[string, string[], string]>([
  ['no image', ['--set', 'image.repository='], 'image.repository'],
  ['two configurations', ['--set', 'existingConfigSecret=x'], 'config and existingConfigSecret'],
  ['scaling without Prometheus', ['--set', 'worker.autoscaling.enabled=true'], 'worker.autoscaling.prometheus'],
  [
    'scaling without metrics',
    ['--set', 'worker.autoscaling.enabled=true', '--set', 'metrics.enabled=false'],
    'needs metrics.enabled',
  ],
])('%s is refused by name', (_what, more, said) => {
  expect(() => render('small', ...more)).toThrow(said);
});

test('its version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
  const chart = readFileSync(join(CHART, 'Chart.yaml'), 'utf8');
  expect(chart).toContain(`\nversion: ${version}\n`);
  expect(chart).toContain(`\nappVersion: '${version}'\n`);
});
