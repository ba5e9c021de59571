import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';
import type { DealerProfile } from '../../../src/events/transactional/dealer.ts';
import { validatePayload } from '../../../src/events/validate.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { describeSettings, loadConfig } from '../config.ts';
import { deliver } from '../import/deliver.ts';
import { idOf } from '../import/event-id.ts';
import { isTimeZone } from '../import/instant.ts';
import { openRuntime } from '../server.ts';
import { printResult } from './output.ts';

/** Every name that a configuration file may have. */
const CONFIG_FILES = ['dealeriq.config.ts', 'dealeriq.config.js', 'dealeriq.config.json'];

export const init = defineCommand({
  meta: { name: 'init', description: 'Set up a box: the profile of its dealer, and a configuration file' },
  args: {
    dealer: { type: 'string', description: 'Id of the dealer, such as D042', required: true },
    name: { type: 'string', description: 'Name of the dealer; the id unless given' },
    device: { type: 'string', description: 'Id of this box among those of the dealer', default: 'B1' },
    currency: { type: 'string', description: 'Currency that the dealer is billed in, such as EUR', required: true },
    'price-list': { type: 'string', description: 'Price list that the dealer buys from', required: true },
    'tax-rate': { type: 'string', description: 'Tax in per cent, such as 19', default: '0' },
    'tax-version': { type: 'string', description: 'What the tax rate is called', default: 'manual' },
    language: { type: 'string', description: 'Such as de-DE', default: 'en' },
    'time-zone': { type: 'string', description: 'Such as Europe/Berlin', default: 'UTC' },
    country: { type: 'string', description: 'Two letters, such as DE', default: 'ZZ' },
    'data-dir': { type: 'string', description: 'Folder of the database', default: '.data' },
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
    const file = refuseIfConfigured(process.cwd());
    const settings = { DEALER_ID: args.dealer, DEVICE_ID: args.device, DATA_DIR: args['data-dir'] };
    const { config } = await loadConfig({ ...process.env, ...settings });
    const profile = readProfile(args, new Date().toISOString());
    const runtime = await openRuntime(config);
    try {
      await createDealer(runtime, profile);
    } finally {
      await runtime.close();
    }
    writeFileSync(file, configText(settings), { flag: 'wx' });
    printResult(args.json, { file, profile }, function* () {
      yield `Dealer ${profile.dealerId} is set up: price list ${profile.priceListId}, ${profile.currency}, tax ${profile.taxRateBasisPoints / 100} %`;
      yield `  configuration  ${file}`;
      yield `  data           ${config.DATA_DIR}`;
      yield 'Next: dealeriq import products FILE.csv, then dealeriq start';
    });
  },
});

function refuseIfConfigured(folder: string): string {
  const there = CONFIG_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (there !== undefined) {
    throw new EdgeError('conflict', `${there} exists. Edit it, or delete it to set the box up anew.`);
  }
  return join(folder, 'dealeriq.config.ts');
}

function readProfile(
  args: Record<
    'dealer' | 'currency' | 'price-list' | 'tax-rate' | 'tax-version' | 'language' | 'time-zone' | 'country',
    string
  > & {
    name?: string | undefined;
  },
  now: string,
): DealerProfile {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(args['tax-rate'])) {
    throw new EdgeError('invalid-config', `--tax-rate is per cent, such as 19 or 8.1, not "${args['tax-rate']}".`);
  }
  if (!isTimeZone(args['time-zone'])) {
    throw new EdgeError(
      'invalid-config',
      `--time-zone ${args['time-zone']} is not known. Write an IANA name such as Europe/Berlin.`,
    );
  }
  const [whole = '', cents = ''] = args['tax-rate'].split('.');
  const profile: DealerProfile = {
    dealerId: args.dealer,
    name: args.name ?? args.dealer,
    segment: 'new',
    currency: args.currency.toUpperCase(),
    priceListId: args['price-list'],
    language: args.language,
    timeZone: args['time-zone'],
    address: { street: '', postalCode: '', city: '', countryCode: args.country.toUpperCase() },
    specialties: [],
    taxRateBasisPoints: Number(whole) * 100 + Number(cents.padEnd(2, '0')),
    taxVersion: args['tax-version'],
    version: 1,
    validFrom: now,
  };
  const checked = validatePayload('dealer.created', 1, profile);
  if (checked.outcome === 'invalid') {
    throw new EdgeError('invalid-config', 'The profile of the dealer does not fit.', {
      violations: checked.violations,
    });
  }
  return profile;
}

async function createDealer(runtime: Runtime, profile: DealerProfile): Promise<void> {
  const { dealerId } = profile;
  const [row] = await runtime.store.read({ sql: 'SELECT name FROM dealers WHERE dealer_id = ?', args: [dealerId] });
  if (row !== undefined) {
    throw new EdgeError(
      'conflict',
      `Dealer ${dealerId} (${row.name}) is set up in this database already. Choose another --data-dir for a new box.`,
    );
  }
  const id = idOf('init', profile);
  await deliver(runtime, [{ id, type: 'dealer.created', time: profile.validFrom, data: profile, history: true }]);
}

/** A configuration with every setting, those that were chosen in force and the others to be uncommented. */
function configText(chosen: Readonly<Record<string, string>>): string {
  const lines = describeSettings().flatMap(({ key, description }) => [
    `  // ${description}`,
    key in chosen ? `  ${key}: ${JSON.stringify(chosen[key])},` : `  // ${key}: '',`,
  ]);
  return [
    '// Settings of this box. Environment variables of the same names go before them.',
    'export default {',
    ...lines,
    '};',
    '',
  ].join('\n');
}
