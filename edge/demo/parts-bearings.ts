import { type ProductSpec, padded, spec } from './product-spec.ts';

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

/** Ball, roller and housed bearings. */
export function* bearings(): Generator<ProductSpec> {
  yield* ballBearings();
  yield* rollerBearings();
  yield* housedBearings();
}
