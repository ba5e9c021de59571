import { type ProductSpec, packs, padded, spec } from './product-spec.ts';

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
        pull: pull * (litres === 20 ? 1.4 : drum ? 0.18 : 0.8),
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
