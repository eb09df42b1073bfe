import { badFilter } from './refusal';

export function bytes(member: 'ObjectSizeGreaterThanBytes' | 'ObjectSizeLessThanBytes', given: number): number {
  if (Number.isSafeInteger(given) && given >= 0) return given;
  throw badFilter(member, 'must be a whole number of bytes, not below 0');
}
