import { type ProductSpec, packs, padded, spec } from './product-spec.ts';

/** Bore, outside diameter and width (ISO 15) of the light series 62 and the medium series 63, by bore code. */
const LIGHT = [
  [10, 30, 9],
  [12, 32, 10],
  [15, 35, 11],
  [17, 40, 12],
  [20, 47, 14],
  [25, 52, 15],
  [30, 62, 16],
  [35, 72, 17],
  [40, 80, 18],
  [45, 85, 19],
  [50, 90, 20],
  [55, 100, 21],
  [60, 110, 22],
] as const;
const MEDIUM = [
  [10, 35, 11],
  [12, 37, 12],
  [15, 42, 13],
  [17, 47, 14],
  [20, 52, 15],
  [25, 62, 17],
  [30, 72, 19],
  [35, 80, 21],
  [40, 90, 23],
  [45, 100, 25],
  [50, 110, 27],
  [55, 120, 29],
  [60, 130, 31],
] as const;
/** Taper roller bearings 302 (ISO 355). */
const TAPER = [
  [20, 47, 15.25],
  [25, 52, 16.25],
  [30, 62, 17.25],
  [35, 72, 18.25],
  [40, 80, 19.75],
  [45, 85, 20.75],
  [50, 90, 21.75],
  [55, 100, 22.75],
  [60, 110, 23.75],
] as const;

const BALL_USES = [
  'idler pulleys',
  'gearboxes',
  'alternators and fans',
  'chain tensioners',
  'conveyor rollers',
] as const;

/** Steel ring of the outer dimensions, of which rolling bearings fill about two thirds. */
const ringGrams = (bore: number, outside: number, width: number) =>
  ((outside ** 2 - bore ** 2) * width * 0.785 * 7.85 * 0.68) / 1000;

function* ballBearings(): Generator<ProductSpec> {
  for (const [series, sizes] of [
    ['62', LIGHT],
    ['63', MEDIUM],
  ] as const) {
    for (const [code, [bore, outside, width]] of sizes.entries()) {
      const number = `${series}${padded(code, 2)}`;
      for (const [suffix, words, note, factor] of [
        ['2RS', 'with contact seals on both sides, greased for life', 'contact seals', 1],
        ['ZZ', 'with steel shields on both sides, greased for life', 'steel shields', 0.93],
        ['C3', 'open, radial clearance C3', 'open, C3', 0.86],
      ] as const) {
        yield spec({
          sku: `BRG-${number}-${suffix}`,
          name: `Deep groove ball bearing ${number} ${suffix}, ${bore}×${outside}×${width}`,
          description: `Single-row deep groove ball bearing ${number}, ${words}. For ${BALL_USES[code % BALL_USES.length]}.`,
          category: ['Bearings', 'Ball bearings', 'Deep groove'],
          grams: ringGrams(bore, outside, width),
          price: (2.1 + outside ** 1.7 * 0.0105 * (width / 14)) * factor,
          attributes: {
            'bore': `${bore} mm`,
            'outside diameter': `${outside} mm`,
            'width': `${width} mm`,
            'seal': note,
          },
          pull: suffix === '2RS' ? 1.9 : 0.5,
          usual: 2,
        });
      }
    }
  }
}

function* rollerBearings(): Generator<ProductSpec> {
  for (const [index, [bore, outside, width]] of TAPER.entries()) {
    const number = `302${padded(index + 4, 2)}`;
    yield spec({
      sku: `BRG-${number}`,
      name: `Taper roller bearing ${number}, ${bore}×${outside}×${width}`,
      description: `Single-row taper roller bearing, cone and cup, ISO 355. For wheel hubs and bevel gearboxes; set the preload when fitting.`,
      category: ['Bearings', 'Roller bearings', 'Taper roller'],
      grams: ringGrams(bore, outside, width),
      price: 4.8 + outside ** 1.6 * 0.018,
      attributes: { 'bore': `${bore} mm`, 'outside diameter': `${outside} mm`, 'width': `${width} mm` },
      usual: 2,
    });
    const spherical = `222${padded(index + 5, 2)}`;
    const [inner, outer] = TAPER[Math.min(index + 1, TAPER.length - 1)] ?? [25, 52];
    if (index === TAPER.length - 1) continue;
    yield spec({
      sku: `BRG-${spherical}-E`,
      name: `Spherical roller bearing ${spherical} E, bore ${inner} mm`,
      description: `Self-aligning double-row spherical roller bearing, ${inner}×${outer} mm, cylindrical bore. For rotor shafts, threshing drums and shakers.`,
      category: ['Bearings', 'Roller bearings', 'Spherical roller'],
      grams: ringGrams(inner, outer, 23),
      price: 24 + outer * 0.62,
      attributes: { 'bore': `${inner} mm`, 'outside diameter': `${outer} mm`, 'seal': 'open' },
      pull: 0.4,
      season: 'harvest',
    });
  }
}

function* housedBearings(): Generator<ProductSpec> {
  for (let code = 4; code <= 12; code++) {
    const shaft = code * 5;
    for (const [type, name, words, shelf, price, grams] of [
      [
        'UC',
        'Insert bearing',
        'Insert bearing with two grub screws and relubrication hole',
        'Insert bearings',
        5.2,
        160,
      ],
      [
        'UCP',
        'Pillow block unit',
        'Cast-iron pillow block with insert bearing, two bolt holes, grease nipple M6',
        'Pillow blocks',
        10.4,
        660,
      ],
      [
        'UCF',
        'Flanged unit, square',
        'Four-bolt cast-iron flange with insert bearing, grease nipple M6',
        'Flanged units',
        10.9,
        620,
      ],
      [
        'UCFL',
        'Flanged unit, oval',
        'Two-bolt cast-iron flange with insert bearing, grease nipple M6',
        'Flanged units',
        9.6,
        480,
      ],
    ] as const) {
      const number = `${type}2${padded(code, 2)}`;
      yield spec({
        sku: `BRG-${number}`,
        name: `${name} ${number}, shaft ${shaft} mm`,
        description: `${words}, for a shaft of ${shaft} mm. Greased for −20 to +100 °C.`,
        category: ['Bearings', 'Housed bearings', shelf],
        grams: grams * (code / 4) ** 1.5,
        price: price * (code / 4) ** 1.25,
        attributes: { 'shaft': `${shaft} mm`, 'relubrication': 'yes' },
        season: 'harvest',
        pull: 0.8,
        usual: 2,
      });
    }
  }
}

/** Shaft, housing bore, width of oil seals in use (ISO 6194). */
const OIL_SEALS = [
  [15, 30, 7],
  [17, 35, 7],
  [20, 35, 7],
  [20, 40, 10],
  [22, 40, 7],
  [25, 40, 7],
  [25, 47, 7],
  [25, 52, 10],
  [28, 47, 7],
  [30, 47, 7],
  [30, 52, 10],
  [30, 62, 10],
  [32, 52, 7],
  [35, 52, 7],
  [35, 62, 10],
  [35, 72, 10],
  [38, 62, 7],
  [40, 55, 7],
  [40, 62, 10],
  [40, 80, 10],
  [42, 62, 8],
  [45, 62, 8],
  [45, 72, 10],
  [45, 85, 10],
  [50, 68, 8],
  [50, 72, 10],
  [50, 90, 10],
  [55, 80, 10],
  [60, 80, 8],
  [60, 85, 10],
  [65, 90, 10],
  [70, 100, 10],
  [80, 110, 12],
  [90, 120, 12],
  [100, 130, 12],
] as const;
const O_RINGS = [
  [6, 2],
  [8, 2],
  [10, 2],
  [12, 2],
  [14, 2],
  [16, 2],
  [18, 2.5],
  [20, 2.5],
  [22, 2.5],
  [25, 2.5],
  [28, 3],
  [30, 3],
  [32, 3],
  [35, 3],
  [38, 3],
  [40, 3],
  [45, 3],
  [50, 3.5],
  [55, 3.5],
  [60, 3.5],
  [70, 4],
  [80, 4],
  [90, 5],
  [100, 5],
] as const;

/** Oil seals, O-rings, bonded seals and copper washers. */
export function* seals(): Generator<ProductSpec> {
  for (const [shaft, bore, width] of OIL_SEALS) {
    for (const [material, factor] of [
      ['NBR', 1],
      ['FKM', 2.7],
    ] as const) {
      if (material === 'FKM' && shaft > 45) continue;
      yield spec({
        sku: `SEA-${padded(shaft, 3)}${padded(bore, 3)}${padded(width, 2)}-${material}`,
        name: `Oil seal ${shaft}×${bore}×${width} ${material}, type AS`,
        description: `Radial shaft seal with dust lip, rubber-covered, ${material}, ISO 6194-1. ${material === 'NBR' ? '−40 to +100 °C' : 'For hot oil and high speed, up to +200 °C'}.`,
        category: ['Seals', 'Shaft seals', 'Oil seals'],
        grams: (bore ** 2 - shaft ** 2) * width * 0.0021,
        price: (1.3 + bore * 0.058) * factor,
        attributes: { 'shaft': `${shaft} mm`, 'bore': `${bore} mm`, 'width': `${width} mm`, material },
        pull: material === 'NBR' ? 0.9 : 0.3,
      });
    }
  }
  for (const [inside, section] of O_RINGS) {
    yield spec({
      sku: `SEA-OR${padded(inside, 3)}X${padded(section * 10, 2)}`,
      name: `O-ring ${inside}×${section} NBR 70`,
      description: `O-ring, inside diameter ${inside} mm, section ${section} mm, NBR 70 Shore A, ISO 3601. Pack of 10.`,
      category: ['Seals', 'Static seals', 'O-rings'],
      rules: packs(10),
      grams: inside * section ** 2 * 0.004,
      price: 0.14 + inside * section * 0.0036,
      attributes: { 'inside diameter': `${inside} mm`, 'section': `${section} mm`, 'material': 'NBR 70' },
      pull: 0.9,
      usual: 10,
    });
  }
  for (const d of [8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 30]) {
    const pack = d <= 18 ? 50 : 10;
    yield spec({
      sku: `SEA-7603-${padded(d, 2)}`,
      name: `Copper sealing washer DIN 7603 A ${d}×${d + 4}`,
      description: `Soft-annealed copper ring for drain plugs and banjo bolts M${d}. Renew at every opening. Pack of ${pack}.`,
      category: ['Seals', 'Static seals', 'Copper washers'],
      rules: packs(pack),
      grams: d * 0.11,
      price: 0.08 + d * 0.009,
      attributes: { 'thread': `M${d}`, 'standard': 'DIN 7603 A' },
      pull: 0.8,
      usual: pack,
    });
    yield spec({
      sku: `SEA-BS-M${padded(d, 2)}`,
      name: `Bonded seal M${d}, steel and NBR`,
      description: `Self-centring bonded seal for hydraulic screw joints M${d}, up to 400 bar. Pack of 10.`,
      category: ['Seals', 'Static seals', 'Bonded seals'],
      rules: packs(10),
      grams: d * 0.25,
      price: 0.32 + d * 0.022,
      attributes: { 'thread': `M${d}`, 'material': 'steel / NBR' },
      pull: 0.6,
      usual: 10,
    });
  }
}

/** Ball, roller and housed bearings. */
export function* bearings(): Generator<ProductSpec> {
  yield* ballBearings();
  yield* rollerBearings();
  yield* housedBearings();
}
