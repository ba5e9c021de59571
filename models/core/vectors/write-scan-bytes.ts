/** Assembles scan.wat and writes scan-bytes.ts. Run it after a change of scan.wat; a test tells when it was forgotten. */
import { readFileSync, writeFileSync } from 'node:fs';
import { assemble } from './wat-assembler.ts';

const LINE_CHARACTERS = 100;

const bytes = assemble(readFileSync(new URL('scan.wat', import.meta.url), 'utf8'));
const lines =
  Buffer.from(bytes)
    .toString('base64')
    .match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? [];
writeFileSync(
  new URL('scan-bytes.ts', import.meta.url),
  `/** scan.wat as a binary module of ${bytes.length} bytes, in base64. Written by write-scan-bytes.ts. */
export const SCAN_MODULE_BASE64 = [
${lines.map((line) => `  '${line}',\n`).join('')}].join('');
`,
);
