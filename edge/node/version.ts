import { readFileSync } from 'node:fs';
import { packageFolder } from './migrations.ts';

/** The version of this package. */
export const version: string = (JSON.parse(readFileSync(packageFolder('package.json'), 'utf8')) as { version: string })
  .version;
