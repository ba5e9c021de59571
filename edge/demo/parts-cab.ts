import { machines } from './machines.ts';
import { type ProductSpec, spec } from './product-spec.ts';

const CAB_PARTS = [
  ['710', 'Wiper blade', 'Flat blade with adapter', 'Wipers', 11.5, 210, 1.2],
  ['712', 'Wiper motor 12 V', 'Two-speed motor with self-parking', 'Wipers', 92, 1500, 0.25],
  ['720', 'Rear-view mirror, right', 'Adjustable mirror head with wide-angle glass', 'Mirrors', 44, 1300, 0.7],
  ['721', 'Rear-view mirror, left', 'Adjustable mirror head', 'Mirrors', 41, 1200, 0.7],
  ['730', 'Gas strut, rear window', 'Gas spring with ball sockets M8', 'Gas struts', 21, 340, 0.9],
  ['731', 'Gas strut, door', 'Gas spring with ball sockets M8', 'Gas struts', 19, 310, 0.7],
  ['732', 'Gas strut, bonnet', 'Gas spring with end fittings', 'Gas struts', 26, 620, 0.7],
  ['740', 'Door handle with lock, left', 'Complete with two keys', 'Doors and glass', 36, 540, 0.4],
  [
    '744',
    'Door glass, left',
    'Toughened, green-tinted, ECE R43; sent in a wooden crate',
    'Doors and glass',
    248,
    14_500,
    0.15,
  ],
  [
    '752',
    'Air-conditioning receiver-drier',
    'For R134a, with pressure switch port; renew whenever the circuit was open',
    'Climate',
    39,
    780,
    0.5,
  ],
  [
    '754',
    'Air-conditioning compressor',
    'Swash-plate compressor with magnetic clutch, filled with PAG 46',
    'Climate',
    372,
    6900,
    0.15,
  ],
] as const;

/** Seats, mirrors, wipers, struts, glass and climate parts. */
export function* cab(): Generator<ProductSpec> {
  for (const machine of machines) {
    for (const [block, name, words, shelf, price, grams, pull] of CAB_PARTS) {
      yield spec({
        sku: `CAB-${machine.code}${block}`,
        name: `${name}, fits ${machine.models}`,
        description: `${words}. For the cab of ${machine.kind} ${machine.models}.`,
        category: [
          'Cab',
          shelf === 'Climate' ? 'Climate' : 'Body and view',
          shelf === 'Climate' ? 'Air conditioning' : shelf,
        ],
        grams: grams * (0.7 + machine.size * 0.2),
        price: price * (0.75 + machine.size * 0.2),
        attributes: { 'fits': machine.models },
        season: shelf === 'Climate' ? 'mowing' : shelf === 'Wipers' ? 'winter' : 'even',
        pull: pull * machine.share,
        series: machine.code,
      });
    }
  }
  for (const [sku, name, words, price, grams] of [
    [
      'CAB-SEAT-M',
      'Driver’s seat, mechanical suspension',
      'Fabric, weight adjustment 50–130 kg, with armrests',
      338,
      26_000,
    ],
    [
      'CAB-SEAT-A',
      'Driver’s seat, air suspension 12 V',
      'Fabric, low-frequency suspension, lumbar support, swivel',
      1180,
      41_000,
    ],
    ['CAB-SEAT-C', 'Seat cushion set', 'Back and seat cushion, PVC', 74, 4200],
    ['CAB-BELT-2', 'Lap belt, retracting', 'Two-point belt, ISO 6683', 46, 900],
  ] as const) {
    yield spec({
      sku,
      name,
      description: `${words}.`,
      category: ['Cab', 'Seats', 'Seats and belts'],
      grams,
      price,
      attributes: { 'area': 'driver’s place' },
      pull: 0.4,
    });
  }
}
