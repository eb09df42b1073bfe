import { defined } from '../../contracts/defined';
import type { Credentials } from '../config';
import type { CredentialsInput } from '../file/credentials-schema';

/** As the file has them to as the stores take them. `region` is that of STS where none is given. */
export function toCredentials(input: CredentialsInput, region: string): Credentials {
  if (input === 'default' || input === 'environment') return { kind: input };
  if ('profile' in input) return { kind: 'profile', profile: input.profile };
  if ('accessKeyId' in input) return { kind: 'static', ...defined(input) };
  const { source, ...rest } = input.assumeRole;
  return { kind: 'assumeRole', region, ...defined(rest), source: toCredentials(source ?? 'default', region) };
}

export function optionalCredentials(input: CredentialsInput | undefined, region: string): Credentials | undefined {
  return input === undefined ? undefined : toCredentials(input, region);
}
