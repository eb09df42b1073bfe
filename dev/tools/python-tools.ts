import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevConfig, ToolVariable } from '../../config/dev';
import { pipAvailable, pipInstall, pythonPath } from './python';
import { provide, type Tool } from './tool';

interface PythonTool {
  readonly name: string;
  readonly version: string;
  readonly variable: ToolVariable;
  readonly requirement: string;
  /** Arguments of python3 that run it; `$lib` is the folder with the packages. */
  readonly run: string;
}

/** Pinned, and hence never taken from the PATH: tests compare what exactly these versions send and answer. */
function pythonTool({ name, version, variable, requirement, run }: PythonTool): Tool {
  return {
    name,
    version,
    variable,
    executable: `bin/${name}`,
    fetchers: [
      {
        by: 'pip',
        available: pipAvailable,
        fetch: async (into, label) => {
          await pipInstall([requirement], join(into, 'lib'), label);
          await writeLauncher(join(into, 'bin'), name, run);
        },
      },
    ],
    advice: `Install Python 3 with pip (Debian: apt install python3-pip), or set ${variable} to its executable.`,
  };
}

/** Finds its packages from its own place, so that the folder can be moved. */
async function writeLauncher(folder: string, name: string, run: string): Promise<void> {
  const launcher = `#!/bin/sh
lib="$(CDPATH= cd -- "$(dirname -- "$0")/../lib" && pwd)"
export PYTHONPATH="$lib\${PYTHONPATH:+:$PYTHONPATH}"
exec "${await pythonPath()}" ${run} "$@"
`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), launcher);
  await chmod(join(folder, name), 0o755);
}

const moto = pythonTool({
  name: 'moto_server',
  version: '5.2.5',
  variable: 'MOTO_SERVER',
  requirement: 'moto[s3,glacier,awslambda,server]==5.2.5',
  run: '"$lib/bin/moto_server"',
});

const awsCli = pythonTool({
  name: 'aws',
  version: '1.46.3',
  variable: 'AWS_CLI',
  requirement: 'awscli==1.46.3',
  run: '"$lib/bin/aws"',
});

const boto3 = pythonTool({
  name: 'boto3-python',
  version: '1.44.5',
  variable: 'BOTO3_PYTHON',
  requirement: 'boto3==1.44.5',
  run: '',
});

const powertools = pythonTool({
  name: 'powertools-python',
  version: '3.37.0',
  variable: 'POWERTOOLS_PYTHON',
  requirement: 'aws-lambda-powertools==3.37.0',
  run: '',
});

const pyarrow = pythonTool({
  name: 'pyarrow-python',
  version: '26.0.1',
  variable: 'PYARROW_PYTHON',
  requirement: 'pyarrow==26.0.1',
  run: '',
});

const schemathesis = pythonTool({
  name: 'schemathesis',
  version: '4.32.5',
  variable: 'SCHEMATHESIS',
  requirement: 'schemathesis==4.32.5',
  run: '"$lib/bin/schemathesis"',
});

const kubernetesValidate = pythonTool({
  name: 'kubernetes-validate',
  version: '1.37.0',
  variable: 'KUBERNETES_VALIDATE',
  requirement: 'kubernetes-validate==1.37.0',
  run: '-m kubernetes_validate',
});

type Place = Pick<DevConfig, 'cacheDir' | 'tools'>;

/** Path of moto's server: stands in for the AWS services that SeaweedFS lacks (restores, Glacier vaults). Slow; for function only. */
export function provideMoto(config: Place): Promise<string> {
  return provide(moto, config);
}

/** Path of the official AWS CLI (version 1, from PyPI). */
export function provideAwsCli(config: Place): Promise<string> {
  return provide(awsCli, config);
}

/** Path of a Python 3 that can `import boto3`. */
export function provideBoto3(config: Place): Promise<string> {
  return provide(boto3, config);
}

/** Path of a Python 3 that can `import aws_lambda_powertools`. */
export function providePowertools(config: Place): Promise<string> {
  return provide(powertools, config);
}

/** Path of a Python 3 that can `import pyarrow`, which writes Parquet as others do. */
export function providePyarrow(config: Place): Promise<string> {
  return provide(pyarrow, config);
}

/** Path of schemathesis, which makes requests from an OpenAPI document and holds the answers to it. */
export function provideSchemathesis(config: Place): Promise<string> {
  return provide(schemathesis, config);
}

/** Path of kubernetes-validate, which brings the schemas of many releases of Kubernetes. */
export function provideKubernetesValidate(config: Place): Promise<string> {
  return provide(kubernetesValidate, config);
}
