import type { DevConfig } from '../../config/dev';
import { goInstall } from './go';
import { onPath, provide, type Tool } from './tool';

const VERSION = '3.19.2';

const GO_PACKAGE = {
  path: `helm.sh/helm/v3/cmd/helm@v${VERSION}`,
  linkerVersion: { variable: 'helm.sh/helm/v3/internal/version.version', value: `v${VERSION}` },
};

const tool: Tool = {
  name: 'helm',
  version: VERSION,
  variable: 'HELM',
  onPath: { binary: 'helm', works: () => Promise.resolve(true) },
  executable: 'helm',
  fetchers: [
    {
      by: 'go install (about 3 minutes on two cores)',
      available: () => onPath('go'),
      fetch: (into, label) => goInstall(GO_PACKAGE, into, label),
    },
  ],
  advice: 'Install Helm (https://helm.sh), or Go (https://go.dev/dl), or set HELM to its executable.',
};

/** Path of Helm, which makes manifests of the chart. For tests only. */
export function provideHelm(config: Pick<DevConfig, 'cacheDir' | 'tools'>): Promise<string> {
  return provide(tool, config);
}
