import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../test/support/cli-process.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const dealeriq = (...args: string[]) => runCli(args, { cwd: folder.path });

const COMMANDS = [
  [],
  ['start'],
  ['init'],
  ['import'],
  ['import', 'products'],
  ['import', 'prices'],
  ['import', 'stock'],
  ['import', 'orders'],
  ['events'],
  ['dlq'],
  ['dlq', 'list'],
  ['dlq', 'show'],
  ['dlq', 'retry'],
  ['dlq', 'discard'],
  ['replay'],
  ['backup'],
  ['restore'],
  ['doctor'],
  ['config'],
  ['config', 'print'],
  ['models'],
  ['models', 'keygen'],
  ['models', 'sign'],
  ['models', 'verify'],
];

describe('the command line', () => {
  test('every command and group of commands has help', async () => {
    for (const command of COMMANDS) {
      const { status, stdout } = await dealeriq(...command, '--help');
      expect(status, command.join(' ')).toBe(0);
      expect(stdout).toContain(`USAGE ${['dealeriq', ...command].join(' ')} `);
    }
  }, 60_000);

  test('options are shown as they are written', async () => {
    const { stdout } = await dealeriq('import', 'products', '--help');
    expect(stdout).toContain('--dry-run');
    expect(stdout).not.toMatch(/--[a-z]+[A-Z]/);
  });

  test('help lists every command', async () => {
    const { stdout } = await dealeriq('--help');
    for (const [command] of COMMANDS) expect(stdout).toContain(command ?? '');
  });

  test.each([
    [['nope'], 'Unknown command nope'],
    [['import', 'nope'], 'Unknown command nope'],
    [['import'], 'No command specified'],
    [['restore'], 'Missing required positional argument'],
    [['import', 'products', 'a.csv', '--dryrun'], 'There is no option --dryrun'],
    [['import', 'products', 'a.csv', 'b.csv'], '"b.csv" is one too many'],
    [['import', 'products', 'a.csv', '--report'], '--report takes a value'],
    [['import', 'products', 'a.csv', '--map', '--dry-run'], '--map takes a value'],
    [['import', 'products', 'none.csv'], 'There is no file none.csv'],
    [['events', '--limit', 'many'], '--limit is a whole number'],
    [['config', 'print', '-x'], 'There is no option -x'],
  ])('called wrongly as %j it says so and ends with 2', async (args, message) => {
    const { status, stdout, stderr } = await dealeriq(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
    expect(stdout).not.toContain('    at ');
  });

  test('a database that is not there is no reason to make one', async () => {
    for (const command of [['events'], ['dlq', 'list'], ['replay'], ['backup']]) {
      const { status, stderr } = await dealeriq(...command);
      expect(stderr).toContain('There is no database at');
      expect(status).toBe(1);
    }
    expect(existsSync(join(folder.path, '.data', 'edge.db'))).toBe(false);
  });
});

describe('from nothing to a box that can be ordered from', () => {
  const json = async (...args: string[]) => {
    const { status, stdout, stderr } = await dealeriq(...args, '--json');
    expect(stderr).toBe('');
    return { status, value: JSON.parse(stdout) };
  };

  test('init, import, look at it', async () => {
    const init = ['init', '--dealer', 'D7', '--currency', 'EUR', '--price-list', 'EU'];
    expect((await dealeriq(...init, '--tax-rate', 'much')).status).toBe(2);
    expect((await json(...init, '--tax-rate', '8.1', '--time-zone', 'Europe/Zurich')).value).toMatchObject({
      profile: { dealerId: 'D7', taxRateBasisPoints: 810 },
    });
    const configured = readFileSync(join(folder.path, 'dealeriq.config.ts'), 'utf8');
    expect(configured).toContain('// Port of the HTTP server');
    const again = await dealeriq(...init);
    expect(again.stderr).toContain('dealeriq.config.ts exists');
    expect(again.status).toBe(1);
    expect(readFileSync(join(folder.path, 'dealeriq.config.ts'), 'utf8')).toBe(configured);

    expect((await json('config', 'print')).value).toMatchObject({ DEALER_ID: { value: 'D7', source: 'file' } });
    writeFileSync(join(folder.path, 'p.csv'), 'Part;Text;Preis\nA-1;Hose;12,50\nA-2;Bolt;x\n');
    writeFileSync(join(folder.path, 'map.json'), '{"sku": "Part", "name": "Text"}');
    const imported = await json('import', 'products', 'p.csv', '--map-file', 'map.json');
    expect(imported.value).toMatchObject({ created: 1, rowsRejected: 1, columns: { price: 'Preis' } });
    expect(imported.status).toBe(0);
    const shown = await dealeriq('import', 'products', 'p.csv', '--map', 'sku=Part,name=Text');
    expect(shown.stdout).toContain('0 new, 0 changed, 1 unchanged');
    expect(shown.stdout).toContain('row 3, Preis: "x" is no amount');
    const nothing = await dealeriq('import', 'products', 'p.csv', '--map', 'sku=Part,name=Text,price=Text');
    expect(nothing.status).toBe(1);

    const { stdout } = await dealeriq('events', '--type', 'product.updated,price.changed', '--json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map((event) => [event.type, event.source])).toEqual([
      ['product.updated', 'urn:dealeriq:centre:import'],
      ['price.changed', 'urn:dealeriq:centre:import'],
    ]);
    expect((await dealeriq('events', '--after', '1', '--limit', '2')).stdout.trimEnd().split('\n')).toHaveLength(2);
    expect((await dealeriq('events', '--subject', 'A-1')).stdout).toContain('product.updated');
    expect((await dealeriq('events', '--type', 'no.such')).status).toBe(2);

    expect((await json('replay')).value).toMatchObject({ dryRun: true, into: 'evaluation' });
    const { value } = await json('replay', '--into', 'projections', '--execute');
    expect(value.projections.every((projection: { same: boolean }) => projection.same)).toBe(true);
    expect((await dealeriq('replay', '--from-position', '2', '--into', 'projections')).status).toBe(2);
    expect((await dealeriq('replay', '--since', 'yesterday')).stderr).toContain('--since is a time');
    expect(
      (await json('replay', '--from-position', '2', '--execute', '--projections', 'products')).value,
    ).toMatchObject({
      dryRun: false,
      projections: [{ name: 'products', rows: 2 }],
    });
  }, 60_000);
});
