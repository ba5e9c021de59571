import { machines } from './machines.ts';
import { type ProductSpec, packs, padded, spec } from './product-spec.ts';

const BATTERIES = [
  [45, 400],
  [60, 540],
  [74, 680],
  [88, 740],
  [100, 830],
  [110, 850],
  [135, 1000],
  [155, 900],
  [180, 1000],
  [225, 1150],
] as const;

/** Name, number, description, shelf, euros, grams, usual quantity, pack. */
const SMALL_PARTS = [
  ['Bulb H4 12 V 60/55 W', 'ELE-H4-12', 'Halogen lamp P43t, vibration-resistant', 'Bulbs', 4.9, 35, 2, 1],
  ['Bulb H7 12 V 55 W', 'ELE-H7-12', 'Halogen lamp PX26d', 'Bulbs', 5.6, 30, 2, 1],
  ['Bulb P21W 12 V', 'ELE-P21-12', 'Brake and turn-signal lamp BA15s', 'Bulbs', 0.78, 12, 10, 10],
  ['Bulb R5W 12 V', 'ELE-R5-12', 'Position lamp BA15s', 'Bulbs', 0.66, 8, 10, 10],
  ['Blade fuse 10 A', 'ELE-FU-10', 'Standard blade fuse, ISO 8820-3', 'Fuses', 0.14, 2, 50, 50],
  ['Blade fuse 15 A', 'ELE-FU-15', 'Standard blade fuse, ISO 8820-3', 'Fuses', 0.14, 2, 50, 50],
  ['Blade fuse 20 A', 'ELE-FU-20', 'Standard blade fuse, ISO 8820-3', 'Fuses', 0.14, 2, 50, 50],
  ['Blade fuse 30 A', 'ELE-FU-30', 'Standard blade fuse, ISO 8820-3', 'Fuses', 0.16, 2, 50, 50],
  ['Mega fuse 100 A', 'ELE-MF-100', 'Bolt-down fuse, M8', 'Fuses', 4.2, 20, 1, 1],
  ['Relay 12 V 40 A, change-over', 'ELE-RL-40', 'Mini relay with resistor, five pins', 'Relays', 5.4, 36, 2, 1],
  ['Flasher unit 12 V, LED', 'ELE-FL-LED', 'Electronic flasher for 2–6 lamps and trailer', 'Relays', 16.5, 60, 1, 1],
  ['Trailer socket 7-pin', 'ELE-TS-07', 'Socket ISO 1724, metal housing', 'Trailer connection', 7.8, 180, 1, 1],
  ['Trailer plug 7-pin', 'ELE-TP-07', 'Plug ISO 1724, screw terminals', 'Trailer connection', 4.6, 95, 1, 1],
  ['Implement socket 3-pin, 25 A', 'ELE-IS-03', 'Power socket DIN 9680 with cap', 'Trailer connection', 9.9, 120, 1, 1],
  ['Work lamp LED 1,800 lm', 'ELE-WL-18', 'Flood beam, 12/24 V, IP69K, EMC class 3', 'Lamps', 38, 520, 2, 1],
  ['Work lamp LED 3,600 lm', 'ELE-WL-36', 'Flood beam, 12/24 V, IP69K, EMC class 5', 'Lamps', 72, 860, 2, 1],
  ['Rotating beacon LED, spigot', 'ELE-BC-01', 'Amber, ECE R65, spigot mount DIN 14620', 'Lamps', 46, 640, 1, 1],
  [
    'Rear lamp LED, left',
    'ELE-RLP-L',
    'Tail, brake and indicator lamp with number-plate light',
    'Lamps',
    33,
    410,
    1,
    1,
  ],
  ['Rear lamp LED, right', 'ELE-RLP-R', 'Tail, brake and indicator lamp', 'Lamps', 32, 400, 1, 1],
  ['Battery isolator 300 A', 'ELE-ISO-300', 'Removable key, M10 studs', 'Switches', 18.4, 310, 1, 1],
  ['Ignition switch, 4 positions', 'ELE-IGN-4', 'With preheat position and two keys', 'Switches', 27, 150, 1, 1],
  ['Brake light switch M10×1', 'ELE-BLS-10', 'Mechanical, normally closed', 'Switches', 8.7, 45, 1, 1],
  ['Proximity sensor M12, 4 mm', 'ELE-PS-12', 'Inductive, PNP, normally open, M12 plug', 'Sensors', 42, 60, 1, 1],
  ['Oil pressure switch M10×1, 0.5 bar', 'ELE-OP-05', 'Tapered thread, normally closed', 'Sensors', 9.6, 55, 1, 1],
  ['Coolant temperature sensor M12×1.5', 'ELE-CT-12', 'NTC, two pins', 'Sensors', 14.2, 40, 1, 1],
  ['Seat contact switch', 'ELE-SC-01', 'Presence switch for drivers’ seats', 'Switches', 29, 90, 1, 1],
] as const;

function* batteries(): Generator<ProductSpec> {
  for (const [capacity, current] of BATTERIES) {
    yield spec({
      sku: `BAT-12-${padded(capacity, 3)}`,
      name: `Starter battery 12 V ${capacity} Ah, ${current} A`,
      description: `Starter battery, filled and charged, ${current} A cold-cranking current (EN), ${capacity >= 135 ? 'heavy-duty, vibration class V3' : 'maintenance-free'}. Returned batteries are credited.`,
      category: ['Electrical', 'Batteries', capacity >= 135 ? 'Heavy-duty' : 'Standard'],
      rules: { minimum: 1, increment: 1, maximum: 24 },
      grams: capacity * 232 + 1500,
      price: 32 + capacity * 0.98,
      attributes: { 'voltage': '12 V', 'capacity': `${capacity} Ah`, 'cold-cranking current': `${current} A` },
      season: 'winter',
      pull: 3.2,
      usual: 2,
    });
  }
}

/** Batteries, starters, alternators, lamps, fuses, sensors and cable. */
export function* electrical(): Generator<ProductSpec> {
  yield* batteries();
  for (const [name, sku, words, shelf, price, grams, usual, pack] of SMALL_PARTS) {
    yield spec({
      sku,
      name,
      description: `${words}.${pack > 1 ? ` Pack of ${pack}.` : ''}`,
      category: ['Electrical', 'Vehicle electrics', shelf],
      rules: packs(pack),
      grams,
      price,
      attributes: { 'voltage': '12 V' },
      season: shelf === 'Bulbs' || shelf === 'Lamps' ? 'winter' : 'even',
      pull: 1.2,
      usual,
    });
  }
  for (const section of [0.75, 1, 1.5, 2.5, 4, 6, 16, 25, 35, 50]) {
    yield spec({
      sku: `ELE-FLRY-${padded(section * 100, 4)}`,
      name: `Vehicle cable FLRY ${section} mm², by the metre`,
      description: `Single-core ${section >= 16 ? 'battery' : 'automotive'} cable, ${section >= 16 ? 'red' : 'black'}, thin-walled PVC, −40 to +105 °C, ISO 6722. Cut to length, from 5 m.`,
      category: ['Electrical', 'Cable and connectors', 'Cable'],
      unit: 'MTR',
      rules: { minimum: 5, increment: 1, maximum: 500 },
      grams: section * 9.4 + 3,
      price: 0.22 + section * 0.19,
      attributes: { 'cross-section': `${section} mm²`, 'standard': 'ISO 6722' },
      pull: 0.8,
      usual: 10,
    });
  }
  for (const machine of machines) {
    for (const [block, name, words, price, grams, pull] of [
      [
        '610',
        'Starter motor 12 V',
        'Gear-reduction starter, exchange, tested; the core charge is refunded',
        214,
        8200,
        0.4,
      ],
      ['620', 'Alternator 14 V', 'Alternator with regulator and pulley', 238, 6300, 0.35],
      ['634', 'Head lamp H4', 'Head lamp for driving on the right, with position light', 58, 900, 0.5],
      ['651', 'Wiring harness, cab roof', 'Ready-made harness with plugs and fuse carrier', 176, 2100, 0.12],
    ] as const) {
      yield spec({
        sku: `ELE-${machine.code}${block}`,
        name: `${name}, fits ${machine.models}`,
        description: `${words}. For ${machine.kind} ${machine.models}.`,
        category: [
          'Electrical',
          block < '630' ? 'Starting and charging' : 'Vehicle electrics',
          block === '610' ? 'Starters' : block === '620' ? 'Alternators' : block === '634' ? 'Lamps' : 'Harnesses',
        ],
        grams: grams * (0.6 + machine.size * 0.3),
        price: price * (0.6 + machine.size * 0.35),
        attributes: { 'voltage': '12 V', 'fits': machine.models },
        season: block === '610' ? 'winter' : 'even',
        pull: pull * machine.share,
        series: machine.code,
      });
    }
  }
}
