import { join, resolve } from 'node:path';

/** The root of the checkout: this file is `dev/parts/…` there, or `dist/dev/parts/…`. */
export const PROJECT_ROOT = resolve(__dirname, __dirname.endsWith(join('dist', 'dev', 'parts')) ? '../../..' : '../..');
