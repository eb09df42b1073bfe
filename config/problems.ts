import { DroverError } from '../contracts/engine/failures';
import type { MemberPath as SettingPath, Problem } from '../contracts/text/schema-problems';

export type { Problem, SettingPath };

/** Everything that is wrong with the settings, one sentence each. Values never stand in it: any of them may be a secret. */
export class ConfigurationError extends DroverError {
  constructor(readonly problems: readonly string[]) {
    super('InvalidConfiguration', problems.join('; '));
    this.name = 'ConfigurationError';
  }
}

/** `roles[0].credentials.archive` */
function pathText(path: SettingPath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

export function problemText({ path, message }: Problem): string {
  return path.length === 0 ? message : `${pathText(path)}: ${message}`;
}
