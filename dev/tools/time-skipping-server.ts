import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DevConfig, userEnvironment } from '../../config/dev';
import { aptAvailable, aptInstall } from './apt';
import { runCommand } from './progress.cjs';
import { sdkDownload } from './sdk-download';
import { onPath, provide, type Tool } from './tool';

const VERSION = '1.38.0';
/** Without a binding, SLF4J prints three lines at each start. */
const NO_LOG = '<groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version>';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>drover</groupId><artifactId>time-skipping-server</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${VERSION}</version></dependency>
    <dependency>${NO_LOG}</dependency>
  </dependencies>
</project>
`;

/** Called as the SDK calls the native binary: port first, options after. */
const LAUNCHER = `#!/bin/sh
here="$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)"
exec java -cp "$here/jars/*" io.temporal.testserver.TestServer "$@"
`;

const tool: Tool = {
  name: 'temporal-test-server',
  version: VERSION,
  variable: 'TEMPORAL_TEST_SERVER',
  executable: 'temporal-test-server',
  fetchers: [
    sdkDownload('time-skipping', 'temporal-test-server'),
    {
      by: 'Maven (io.temporal:temporal-test-server)',
      available: async () => ((await onPath('mvn')) && (await onPath('java'))) || aptAvailable(),
      fetch: async (into, label) => {
        if (!(await onPath('mvn')) || !(await onPath('java'))) await aptInstall(['default-jre-headless', 'maven']);
        await mkdir(join(into, 'jars'));
        await writeFile(join(into, 'pom.xml'), POM);
        const args = [
          '-B',
          '-f',
          join(into, 'pom.xml'),
          'dependency:copy-dependencies',
          `-DoutputDirectory=${join(into, 'jars')}`,
        ];
        await runCommand('mvn', [...args, '-DincludeScope=runtime'], { label, cwd: into, env: userEnvironment() });
        await writeFile(join(into, 'temporal-test-server'), LAUNCHER);
        await chmod(join(into, 'temporal-test-server'), 0o755);
      },
    },
  ],
  advice:
    'Install Java and Maven (Debian: apt install default-jre-headless maven), or set TEMPORAL_TEST_SERVER to a ' +
    'temporal-test-server binary (https://github.com/temporalio/sdk-java/releases).',
};

/** Path of Temporal's test server with time skipping, for `TestWorkflowEnvironment.createTimeSkipping`. */
export function provideTimeSkippingServer(config: Pick<DevConfig, 'cacheDir' | 'tools'>): Promise<string> {
  return provide(tool, config);
}
