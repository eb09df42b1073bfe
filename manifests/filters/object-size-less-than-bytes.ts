import { defineFilter } from './definition';
import { bytes } from './sizes';
import { told } from './told';

/** The object has fewer bytes than this. */
export const objectSizeLessThanBytes = defineFilter({
  member: 'ObjectSizeLessThanBytes',
  needs: () => ['size'],
  bind: (given) => {
    const bound = bytes('ObjectSizeLessThanBytes', given);
    return told('size', (size) => size < bound);
  },
});
