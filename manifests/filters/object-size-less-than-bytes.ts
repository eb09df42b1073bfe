import { bytes } from './common/sizes';
import { told } from './common/told';
import { defineFilter } from './definition';

/** The object has fewer bytes than this. */
export const objectSizeLessThanBytes = defineFilter({
  member: 'ObjectSizeLessThanBytes',
  needs: () => ['size'],
  bind: (given) => {
    const bound = bytes('ObjectSizeLessThanBytes', given);
    return told('size', (size) => size < bound);
  },
});
