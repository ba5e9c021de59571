import { type ProductSpec, packs, padded, spec } from './product-spec.ts';

/** Diameter, pitch of the coarse thread, width across flats, lengths in stock. */
const BOLTS = [
  [6, 1, 10, [16, 20, 25, 30, 40, 50]],
  [8, 1.25, 13, [16, 20, 25, 30, 40, 50, 60, 80]],
  [10, 1.5, 16, [20, 25, 30, 40, 50, 60, 80, 100]],
  [12, 1.75, 18, [25, 30, 40, 50, 60, 80, 100, 120]],
  [16, 2, 24, [40, 50, 60, 80, 100, 120]],
  [20, 2.5, 30, [50, 60, 80, 100, 120]],
] as const;

const packOf = (d: number, length: number) => (d <= 8 && length <= 50 ? 100 : d <= 12 && length <= 80 ? 50 : 10);
const boltGrams = (d: number, length: number) => 0.0062 * d * d * (length + d * 1.3);

function* bolts(): Generator<ProductSpec> {
  for (const [d, pitch, flats, lengths] of BOLTS) {
    for (const length of lengths) {
      // Fully threaded while short (ISO 4017), with a shank beyond five diameters or so (ISO 4014).
      const shank = length > d * 5;
      const standard = shank ? 'ISO 4014' : 'ISO 4017';
      const pack = packOf(d, length);
      const grams = boltGrams(d, length);
      yield spec({
        sku: `FST-${standard.slice(4)}-M${padded(d, 2)}X${padded(length, 3)}`,
        name: `Hexagon ${shank ? 'bolt' : 'screw'} ${standard} M${d}×${length} 8.8`,
        description: `Hexagon head ${shank ? 'bolt, partly threaded' : 'screw, fully threaded'}, ${standard}, property class 8.8, zinc flake coated, ${flats} mm across flats. Pack of ${pack}.`,
        category: ['Fasteners', 'Bolts and screws', 'Hexagon head'],
        rules: packs(pack),
        grams,
        price: 0.035 + grams * 0.0052,
        attributes: { 'thread': `M${d}×${pitch}`, 'length': `${length} mm`, 'property class': '8.8', standard },
        pull: d === 10 || d === 12 ? 1.6 : 1,
        usual: pack,
      });
      if (length > d * 4 + 20) continue;
      yield spec({
        sku: `FST-912-M${padded(d, 2)}X${padded(length, 3)}`,
        name: `Socket head cap screw DIN 912 M${d}×${length} 12.9`,
        description: `Hexagon socket head cap screw, DIN 912 (ISO 4762), property class 12.9, black. Pack of ${pack}.`,
        category: ['Fasteners', 'Bolts and screws', 'Socket head'],
        rules: packs(pack),
        grams: grams * 0.92,
        price: 0.06 + grams * 0.0078,
        attributes: {
          'thread': `M${d}×${pitch}`,
          'length': `${length} mm`,
          'property class': '12.9',
          'standard': 'DIN 912',
        },
        pull: 0.5,
        usual: pack,
      });
    }
  }
}

const SMALL = [
  ['4032', 'Hexagon nut ISO 4032', 'Hexagon nut, property class 8, zinc-plated', 'Nuts', 'Hexagon nuts', 0.0011, 1],
  [
    '985',
    'Lock nut DIN 985',
    'Prevailing-torque nut with polyamide insert, class 8, zinc-plated; do not use again',
    'Nuts',
    'Lock nuts',
    0.0013,
    1.6,
  ],
  [
    '6923',
    'Flange nut DIN 6923',
    'Hexagon nut with serrated flange, class 8, zinc-plated',
    'Nuts',
    'Flange nuts',
    0.0015,
    0.7,
  ],
  ['7089', 'Plain washer ISO 7089', 'Plain washer, 200 HV, zinc-plated', 'Washers', 'Plain washers', 0.0006, 1.2],
  ['127B', 'Spring lock washer DIN 127 B', 'Spring steel, zinc-plated', 'Washers', 'Spring washers', 0.0005, 0.6],
  [
    '9021',
    'Large washer DIN 9021',
    'Outer diameter three times the hole, zinc-plated',
    'Washers',
    'Large washers',
    0.0012,
    0.6,
  ],
] as const;

function* nutsAndWashers(): Generator<ProductSpec> {
  for (const [code, name, words, shelf, narrow, factor, pull] of SMALL) {
    for (const d of [6, 8, 10, 12, 14, 16, 20]) {
      const pack = d <= 12 ? 100 : 50;
      yield spec({
        sku: `FST-${code}-M${padded(d, 2)}`,
        name: `${name} M${d}`,
        description: `${words}. For thread M${d}. Pack of ${pack}.`,
        category: ['Fasteners', shelf, narrow],
        rules: packs(pack),
        grams: d ** 3 * factor * 8,
        price: 0.012 + d ** 2.4 * factor * 0.13,
        attributes: { 'thread': `M${d}`, 'standard': name.slice(name.search(/ISO|DIN/)) },
        pull,
        usual: pack,
      });
    }
  }
}

function* pins(): Generator<ProductSpec> {
  for (const [d, length] of [
    [3.2, 32],
    [4, 40],
    [5, 50],
    [6.3, 63],
    [8, 80],
  ] as const) {
    yield pin(
      `FST-94-${padded(Math.round(d * 10), 3)}X${length}`,
      `Split pin DIN 94 ${d}×${length}`,
      'Split pin, steel, zinc-plated',
      'Split pins',
      50,
      d * d * length * 0.004,
      0.02 + d * 0.014,
    );
  }
  for (const d of [4.5, 6, 8, 10, 12]) {
    yield pin(
      `FST-LP-${padded(Math.round(d * 10), 3)}`,
      `Lynch pin ${d} mm, DIN 11023`,
      'Lynch pin with spring ring, zinc-plated, for hitch and implement pins',
      'Lynch pins',
      10,
      d * 6,
      0.34 + d * 0.06,
    );
  }
  for (const [d, length] of [
    [16, 80],
    [19, 100],
    [22, 120],
    [25, 140],
    [28, 150],
    [32, 170],
  ] as const) {
    yield pin(
      `FST-HP-${d}X${length}`,
      `Hitch pin ${d}×${length} mm, category ${d < 20 ? 1 : d < 28 ? 2 : 3}`,
      'Lower-link pin, hardened, with handle and lynch pin',
      'Hitch pins',
      1,
      d * d * length * 0.0066,
      4.2 + d * length * 0.0031,
    );
  }
  for (const [d, length] of [
    [4, 30],
    [5, 36],
    [6, 40],
    [8, 50],
    [10, 60],
  ] as const) {
    yield pin(
      `FST-1481-${padded(d, 2)}X${length}`,
      `Spring pin ISO 8752 ${d}×${length}`,
      'Slotted spring pin, heavy, spring steel; shear protection of light drives',
      'Spring pins',
      50,
      d * d * length * 0.0045,
      0.05 + d * 0.035,
    );
  }
  for (const d of [15, 20, 25, 30, 35, 40, 45, 50]) {
    yield pin(
      `FST-471-${padded(d, 3)}`,
      `Retaining ring DIN 471 – ${d}`,
      `External retaining ring for a shaft of ${d} mm, spring steel, phosphated`,
      'Retaining rings',
      10,
      d * 0.12,
      0.1 + d * 0.008,
    );
    const bore = d + 17;
    yield pin(
      `FST-472-${padded(bore, 3)}`,
      `Retaining ring DIN 472 – ${bore}`,
      `Internal retaining ring for a bore of ${bore} mm, spring steel, phosphated`,
      'Retaining rings',
      10,
      bore * 0.13,
      0.12 + bore * 0.008,
    );
  }
}

function pin(
  sku: string,
  name: string,
  words: string,
  shelf: string,
  pack: number,
  grams: number,
  price: number,
): ProductSpec {
  return spec({
    sku,
    name,
    description: `${words}.${pack > 1 ? ` Pack of ${pack}.` : ''}`,
    category: ['Fasteners', 'Pins and rings', shelf],
    rules: packs(pack),
    grams,
    price,
    attributes: { 'size': name.slice(name.search(/[\d.]+(×\d+| mm|$)/)) },
    pull: 0.9,
    usual: pack,
  });
}

/** Bolts, nuts, washers, pins and rings; prices are for one piece, sold in packs. */
export function* fasteners(): Generator<ProductSpec> {
  yield* bolts();
  yield* nutsAndWashers();
  yield* pins();
}
