import { DroverError } from '../../contracts/engine/failures';

export { checked } from '../../contracts/text/schema-problems';

export function badRequest(message: string): DroverError {
  return new DroverError('BadRequestException', message);
}
