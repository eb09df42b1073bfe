import { bytes } from './common/sizes';
import { told } from './common/told';
import { defineFilter } from './definition';

/** The object has more bytes than this. */
export const objectSizeGreaterThanBytes = defineFilter({
  member: 'ObjectSizeGreaterThanBytes',
  needs: () => ['size'],
  bind: (given) => {
    const bound = bytes('ObjectSizeGreaterThanBytes', given);
    return told('size', (size) => size > bound);
  },
});
