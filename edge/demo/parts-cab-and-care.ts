import { machines } from './machines.ts';
import { type ProductSpec, packs, padded, spec } from './product-spec.ts';

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

/** Code, name, description, shelves, euros for a litre, sizes, season, pull. */
const FLUIDS = [
  [
    '1540',
    'Engine oil 15W-40',
    'Mineral engine oil, API CI-4, ACEA E7',
    ['Oils', 'Engine oils'],
    4.6,
    [5, 20, 60, 208],
    'harvest',
    4,
  ],
  [
    '1040',
    'Engine oil 10W-40 Low SAPS',
    'Part-synthetic engine oil for engines with particle filter, API CK-4, ACEA E8',
    ['Oils', 'Engine oils'],
    6.1,
    [5, 20, 60, 208],
    'harvest',
    3,
  ],
  [
    '0530',
    'Engine oil 5W-30',
    'Fully synthetic engine oil, API CK-4, for stage V engines',
    ['Oils', 'Engine oils'],
    8.2,
    [5, 20],
    'winter',
    1.6,
  ],
  [
    'UTTO',
    'Transmission oil UTTO 10W-30',
    'For transmissions with wet brakes and common hydraulics, API GL-4',
    ['Oils', 'Transmission oils'],
    5,
    [20, 60, 208],
    'harvest',
    3,
  ],
  [
    'STOU',
    'Multi-purpose oil STOU 10W-40',
    'Engine, transmission, hydraulics and wet brakes in one',
    ['Oils', 'Transmission oils'],
    5.4,
    [20, 60, 208],
    'harvest',
    1.4,
  ],
  [
    '8090',
    'Gear oil 80W-90 GL-5',
    'Hypoid gear oil for axles and PTO gearboxes',
    ['Oils', 'Gear oils'],
    5.6,
    [1, 5, 20, 60],
    'spring',
    1.6,
  ],
  [
    '8514',
    'Gear oil 85W-140 GL-5',
    'Hypoid gear oil for heavy final drives',
    ['Oils', 'Gear oils'],
    6,
    [5, 20],
    'spring',
    0.6,
  ],
  [
    'HV46',
    'Hydraulic oil HVLP 46',
    'ISO VG 46, DIN 51524-3',
    ['Oils', 'Hydraulic oils'],
    4.1,
    [5, 20, 60, 208],
    'even',
    3,
  ],
  [
    'HV32',
    'Hydraulic oil HVLP 32',
    'ISO VG 32, DIN 51524-3, for winter work',
    ['Oils', 'Hydraulic oils'],
    4.1,
    [20, 60],
    'winter',
    1,
  ],
  [
    'BIO46',
    'Hydraulic oil HEES 46, biodegradable',
    'Synthetic ester, ISO 15380, for water protection areas',
    ['Oils', 'Hydraulic oils'],
    8.8,
    [20, 60],
    'even',
    0.7,
  ],
  [
    'ATF3',
    'Automatic transmission fluid ATF III',
    'For power steering and converters',
    ['Oils', 'Transmission oils'],
    6.4,
    [1, 5, 20],
    'even',
    0.8,
  ],
  [
    'CHN',
    'Chain oil, tacky',
    'For chainsaws and baler chains, biodegradable',
    ['Oils', 'Chain oils'],
    4.3,
    [5, 20],
    'winter',
    1.5,
  ],
  [
    'AF11',
    'Coolant concentrate, silicate-free',
    'Antifreeze on MEG base; 1:1 with water protects to −37 °C',
    ['Coolants', 'Antifreeze'],
    5.4,
    [1.5, 5, 20, 60],
    'winter',
    3.6,
  ],
  [
    'AF37',
    'Coolant ready-mix −37 °C',
    'Ready to use, silicate-free',
    ['Coolants', 'Antifreeze'],
    3.3,
    [5, 20],
    'winter',
    2,
  ],
  ['WSH', 'Screen wash −30 °C', 'Ready-mix with ethanol', ['Coolants', 'Screen wash'], 1.9, [5, 20], 'winter', 2.4],
  ['DEF', 'AdBlue', 'Urea solution 32.5 %, ISO 22241', ['Additives', 'AdBlue'], 1.5, [10, 20, 208], 'harvest', 2.4],
  [
    'BRK',
    'Brake fluid DOT 4',
    'For hydraulic brakes; not for systems filled with mineral oil',
    ['Additives', 'Brake fluid'],
    9.2,
    [1],
    'even',
    0.9,
  ],
] as const;

/** Oils, coolants and greases, sold by the can or the drum. */
export function* lubricants(): Generator<ProductSpec> {
  for (const [code, name, words, shelf, litre, sizes, season, pull] of FLUIDS) {
    for (const litres of sizes) {
      const drum = litres >= 60;
      const small = litres <= 1.5;
      yield spec({
        sku: `LUB-${code}-${padded(Math.ceil(litres), 3)}`,
        name: `${name}, ${litres} l ${drum ? 'drum' : 'can'}`,
        description: `${words}. ${drum ? 'Drum' : 'Can'} of ${litres} litres${small ? ', carton of 6' : ''}.`,
        category: ['Lubricants and fluids', ...shelf],
        unit: drum ? 'XDR' : 'XCA',
        rules: small
          ? packs(6)
          : drum
            ? { minimum: 1, increment: 1, maximum: 6 }
            : { minimum: 1, increment: 1, maximum: 60 },
        grams: litres * 890 + (drum ? litres * 70 : litres * 35 + 60),
        price: litres * litre * (small ? 1.7 : litres <= 5 ? 1.3 : drum ? 0.86 : 1) + 1.2,
        attributes: { 'content': `${litres} l`, 'container': drum ? 'drum' : 'can' },
        season,
        pull: pull * (litres === 20 ? 1.4 : drum ? 0.35 : 0.8),
        usual: small ? 6 : drum ? 1 : 2,
      });
    }
  }
  for (const [code, name, words, price, pull] of [
    ['GREP2', 'Multi-purpose grease EP 2', 'Lithium-soap grease KP2K-30, DIN 51825', 3.4, 3.6],
    ['GREMO', 'Grease with MoS₂', 'Lithium grease with molybdenum disulphide for pins and bushes', 4.9, 1.6],
    ['GRELX', 'Long-life grease, calcium complex', 'Water-resistant, for balers and mowers', 6.2, 1.2],
  ] as const) {
    yield spec({
      sku: `LUB-${code}-04`,
      name: `${name}, 400 g cartridge`,
      description: `${words}. Cartridge DIN 1284, carton of 12.`,
      category: ['Lubricants and fluids', 'Greases', 'Cartridges'],
      rules: packs(12),
      grams: 455,
      price,
      attributes: { 'content': '400 g' },
      season: 'mowing',
      pull,
      usual: 12,
    });
    yield spec({
      sku: `LUB-${code}-15`,
      name: `${name}, 15 kg pail`,
      description: `${words}. For central lubrication and filling devices.`,
      category: ['Lubricants and fluids', 'Greases', 'Pails'],
      grams: 15_900,
      price: price * 28,
      attributes: { 'content': '15 kg' },
      season: 'mowing',
      pull: pull * 0.15,
    });
  }
}

/** Number, name, description, shelf, euros, grams, usual, pack. */
const WORKSHOP = [
  [
    'WSH-GG-400',
    'Hand grease gun, 400 g',
    'For cartridges DIN 1284, with 300 mm hose and four-jaw coupler',
    'Greasing',
    29,
    1400,
    1,
    1,
  ],
  ['WSH-GN-M06', 'Grease nipple M6×1, H1', 'Straight nipple DIN 71412 A, zinc-plated', 'Greasing', 0.16, 5, 50, 50],
  ['WSH-GN-M08', 'Grease nipple M8×1, H1', 'Straight nipple DIN 71412 A, zinc-plated', 'Greasing', 0.18, 7, 50, 50],
  ['WSH-GN-M10', 'Grease nipple M10×1, H1', 'Straight nipple DIN 71412 A, zinc-plated', 'Greasing', 0.22, 9, 50, 50],
  ['WSH-GN-M08A', 'Grease nipple M8×1, 45°', 'Angled nipple DIN 71412 B, zinc-plated', 'Greasing', 0.46, 12, 20, 20],
  ['WSH-PC-500', 'Parts cleaner spray 500 ml', 'Residue-free brake and parts cleaner', 'Chemicals', 2.9, 520, 12, 12],
  ['WSH-RR-400', 'Penetrating oil spray 400 ml', 'Loosens rusted joints, with MoS₂', 'Chemicals', 4.6, 430, 12, 12],
  ['WSH-CZ-400', 'Zinc spray 400 ml', 'Cathodic protection of welds and cut edges', 'Chemicals', 6.8, 480, 6, 6],
  ['WSH-TL-050', 'Threadlocker, medium, 50 ml', 'Anaerobic, for M6–M24, detachable', 'Chemicals', 17.5, 90, 1, 1],
  ['WSH-SI-310', 'Silicone gasket maker 310 ml', 'Black, oil-resistant, up to +250 °C', 'Chemicals', 9.8, 410, 2, 1],
  ['WSH-PT-R01', 'Touch-up paint Terrafirm red, 400 ml', 'Synthetic-resin spray, machine red', 'Paint', 9.4, 440, 2, 1],
  [
    'WSH-PT-G01',
    'Touch-up paint Terrafirm grey, 400 ml',
    'Synthetic-resin spray, chassis grey',
    'Paint',
    9.4,
    440,
    2,
    1,
  ],
  ['WSH-CT-200', 'Cable ties 4.8×200, black', 'UV-stable PA 6.6, bag of 100', 'Consumables', 4.2, 130, 5, 1],
  ['WSH-CT-370', 'Cable ties 7.6×370, black', 'UV-stable PA 6.6, bag of 100', 'Consumables', 12.4, 480, 2, 1],
  ['WSH-IT-019', 'Insulating tape 19 mm × 25 m', 'PVC, black, flame-retardant', 'Consumables', 1.5, 140, 10, 10],
  [
    'WSH-GL-09',
    'Work gloves, nitrile, size 9',
    'Knitted glove with nitrile palm, EN 388, pair',
    'Protection',
    2.6,
    60,
    12,
    12,
  ],
  [
    'WSH-GL-10',
    'Work gloves, nitrile, size 10',
    'Knitted glove with nitrile palm, EN 388, pair',
    'Protection',
    2.6,
    64,
    12,
    12,
  ],
  ['WSH-OB-30', 'Oil binder, 30 l bag', 'Granulate type III R for workshop floors', 'Consumables', 14.9, 12_500, 2, 1],
  [
    'WSH-TW-200',
    'Torque wrench 1/2″, 40–200 Nm',
    'Reversible ratchet, ISO 6789, with certificate',
    'Tools',
    94,
    1700,
    1,
    1,
  ],
  [
    'WSH-SS-24',
    'Socket set 1/2″, 24 pieces',
    'Sockets 10–32 mm, ratchet and extensions in a steel case',
    'Tools',
    118,
    5900,
    1,
    1,
  ],
  ['WSH-JK-10', 'Bottle jack 10 t', 'Hydraulic, stroke 150 mm, screw extension', 'Tools', 46, 6100, 1, 1],
  ['WSH-DP-18', 'Oil drain pan 18 l', 'Polyethylene, with spout', 'Tools', 16.5, 1100, 1, 1],
  ['WSH-FW-110', 'Filter wrench 65–110 mm', 'Three-arm wrench, 1/2″ drive', 'Tools', 19.8, 410, 1, 1],
  ['WSH-MM-01', 'Digital multimeter, CAT III 600 V', 'With temperature probe and test leads', 'Tools', 58, 420, 1, 1],
  ['WSH-TL-3P', 'Top link category 2, 570–760 mm', 'Forged ends, thread M30×3.5, with pins', 'Hitch', 52, 6800, 1, 1],
  ['WSH-LS-S2', 'Lower-link ball, category 2', 'Ball with guide cone, bore 28.7 mm', 'Hitch', 13.9, 900, 2, 1],
  ['WSH-LS-S3', 'Lower-link ball, category 3', 'Ball with guide cone, bore 37.4 mm', 'Hitch', 18.9, 1400, 2, 1],
  ['WSH-TB-50', 'Ratchet strap 50 mm, 8 m', 'LC 2,500 daN, EN 12195-2', 'Load securing', 15.8, 2900, 2, 1],
  [
    'WSH-NW-2000',
    'Bale net wrap 1.23 × 2,000 m',
    'HDPE net, edge-to-edge, marked end of roll',
    'Crop packaging',
    148,
    21_000,
    4,
    1,
  ],
  [
    'WSH-ST-750',
    'Bale film 750 mm × 1,500 m, white',
    'Stretch film, five layers, 25 µm',
    'Crop packaging',
    92,
    26_500,
    4,
    1,
  ],
  ['WSH-TWI-400', 'Baler twine 400 m/kg, 2 × 5 kg', 'Polypropylene, UV-stabilised', 'Crop packaging', 34, 10_100, 6, 1],
] as const;

/** Tools, greasing, chemicals, hitch parts and crop packaging. */
export function* workshop(): Generator<ProductSpec> {
  for (const [sku, name, words, shelf, price, grams, usual, pack] of WORKSHOP) {
    yield spec({
      sku,
      name,
      description: `${words}.${pack > 1 ? ` Sold in packs of ${pack}.` : ''}`,
      category: ['Workshop', shelf === 'Crop packaging' ? 'Field supplies' : 'Supplies and tools', shelf],
      unit: shelf === 'Protection' ? 'PR' : 'EA',
      rules: packs(pack),
      grams,
      price,
      attributes: { 'use': shelf.toLowerCase() },
      season: shelf === 'Crop packaging' ? 'mowing' : 'even',
      pull: shelf === 'Tools' ? 0.4 : 1.8,
      usual,
    });
  }
}
