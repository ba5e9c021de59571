import { type ProductSpec, packs, padded, spec } from './product-spec.ts';

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
