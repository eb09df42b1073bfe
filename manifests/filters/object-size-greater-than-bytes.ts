import { defineFilter } from './definition';
import { bytes } from './sizes';
import { told } from './told';

/** The object has more bytes than this. */
export const objectSizeGreaterThanBytes = defineFilter({
  member: 'ObjectSizeGreaterThanBytes',
  needs: () => ['size'],
  bind: (given) => {
    const bound = bytes('ObjectSizeGreaterThanBytes', given);
    return told('size', (size) => size > bound);
  },
});
