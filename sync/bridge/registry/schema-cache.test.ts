import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { openSchemaCache } from './schema-cache.ts';

const registry = 'http://registry';
const folders: { remove(): void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function fileOf(): { folder: string; file: string } {
  const folder = temporaryFolder();
  folders.push(folder);
  return { folder: folder.path, file: join(folder.path, 'cache', 'schemas.json') };
}

describe('the schema cache', () => {
  it('still knows after a restart what it was told, and leaves nothing else in its folder', () => {
    const { folder, file } = fileOf();
    const cache = openSchemaCache({ registry, file });
    cache.rememberId('a-value', '"string"', 3);
    cache.rememberSchema(4, { schemaType: 'JSON', schema: '{}' });
    cache.save();
    const again = openSchemaCache({ registry, file });
    expect(again.idOf('a-value', '"string"')).toBe(3);
    expect(again.schemaOf(4)).toEqual({ schemaType: 'JSON', schema: '{}' });
    expect(readdirSync(join(folder, 'cache'))).toEqual(['schemas.json']);
  });

  it('has no id for a schema that changed since', () => {
    const cache = openSchemaCache({ registry });
    cache.rememberId('a-value', '"string"', 3);
    expect(cache.idOf('a-value', '"long"')).toBeUndefined();
  });

  it('takes nothing over from another registry', () => {
    const { file } = fileOf();
    const cache = openSchemaCache({ registry, file });
    cache.rememberId('a-value', '"string"', 3);
    cache.save();
    expect(openSchemaCache({ registry: 'http://other', file }).idOf('a-value', '"string"')).toBeUndefined();
  });

  it('starts empty with a file that is damaged, and puts a sound one in its place', () => {
    const { file } = fileOf();
    const cache = openSchemaCache({ registry, file });
    cache.rememberId('a-value', '"string"', 3);
    cache.save();
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -5));
    const again = openSchemaCache({ registry, file });
    expect(again.idOf('a-value', '"string"')).toBeUndefined();
    again.rememberId('a-value', '"string"', 3);
    again.save();
    expect(openSchemaCache({ registry, file }).idOf('a-value', '"string"')).toBe(3);
  });
});
