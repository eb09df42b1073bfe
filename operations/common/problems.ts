import { DroverError } from '../../contracts/failures';

export { checked } from '../../contracts/schema-problems';

export function badRequest(message: string): DroverError {
  return new DroverError('BadRequestException', message);
}
