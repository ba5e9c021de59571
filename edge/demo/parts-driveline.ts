import { machines } from './machines.ts';
import { type ProductSpec, padded, spec } from './product-spec.ts';

/** Profile, top width and height in mm, euros for a metre, lengths in stock (datum or effective). */
const V_BELTS = [
  ['SPA', '12.7×10', 7.4, [1120, 1250, 1400, 1600, 1800, 2000, 2240]],
  ['SPB', '16.3×13', 9.6, [1400, 1600, 1800, 2000, 2240, 2500, 2800, 3150, 3550]],
  ['SPC', '22×18', 15.5, [2240, 2500, 2800, 3150, 3550, 4000, 4500]],
  ['HA', '13×8', 5.9, [1060, 1180, 1320, 1500, 1700, 1900]],
  ['HB', '17×11', 7.8, [1400, 1700, 2120, 2360, 2650, 3000]],
  ['HC', '22×14', 12.8, [2360, 2650, 3000, 3350, 3750, 4250, 5000]],
] as const;

/** V-belts, ribbed belts and the belts of the harvesters. */
export function* belts(): Generator<ProductSpec> {
  for (const [profile, section, metre, lengths] of V_BELTS) {
    const farm = profile.startsWith('H');
    for (const length of lengths) {
      yield spec({
        sku: `BLT-${profile}-${length}`,
        name: `V-belt ${profile} ${length}, ${section} mm`,
        description: `${farm ? 'Agricultural V-belt with aramid cord, for clutching drives and back-side tensioners, ISO 3410' : 'Narrow V-belt, wrapped, antistatic and oil-resistant, ISO 4184'}. Length ${length} mm. Change matched sets together.`,
        category: ['Belts', 'V-belts', farm ? 'Agricultural belts' : 'Narrow belts'],
        grams: (length * metre) / 36,
        price: 2 + (length / 1000) * metre,
        attributes: {
          profile,
          'section': `${section} mm`,
          'length': `${length} mm`,
          'standard': farm ? 'ISO 3410' : 'ISO 4184',
        },
        season: 'harvest',
        pull: 1.2,
        usual: profile === 'SPC' ? 2 : 1,
      });
    }
  }
  for (const ribs of [4, 6, 8]) {
    for (const length of [890, 1045, 1215, 1390, 1560, 1835, 2120]) {
      yield spec({
        sku: `BLT-${ribs}PK-${length}`,
        name: `Ribbed belt ${ribs}PK ${length}`,
        description: `EPDM poly-V belt with ${ribs} ribs for alternator, fan and air-conditioning drives, ISO 9981. Effective length ${length} mm.`,
        category: ['Belts', 'Ribbed belts', `${ribs}PK`],
        grams: ribs * length * 0.021,
        price: 5 + ribs * length * 0.0026,
        attributes: { 'profile': 'PK', 'ribs': String(ribs), 'length': `${length} mm`, 'standard': 'ISO 9981' },
        pull: 0.9,
      });
    }
  }
  for (const machine of machines.filter(({ harvester }) => harvester)) {
    for (const [block, name, words, price, grams] of [
      ['70', 'Variator belt, ground drive', 'Wide raw-edge cogged belt', 214, 2900],
      ['72', 'Header drive belt, banded', 'Three-strand banded belt 3HB', 168, 3400],
      ['74', 'Unloading auger belt', 'Agricultural V-belt HC with aramid cord', 92, 1600],
      ['76', 'Fan drive belt', 'Agricultural V-belt HB', 58, 800],
      ['78', 'Straw chopper belt, banded', 'Two-strand banded belt 2HC', 139, 2700],
      ['80', 'Grain elevator belt', 'Agricultural V-belt HB', 64, 900],
    ] as const) {
      yield spec({
        sku: `BLT-${machine.code}${block}`,
        name: `${name}, fits ${machine.models}`,
        description: `${words} for ${machine.kind} ${machine.models}. Check pulleys for wear and oil before fitting; retension after 5 h.`,
        category: ['Belts', 'Harvester belts', name.includes('banded') ? 'Banded belts' : 'Drive belts'],
        grams: grams * machine.size * 0.4,
        price: price * (0.4 + machine.size * 0.25),
        attributes: { 'fits': machine.models },
        season: 'harvest',
        pull: 2.2 * machine.share,
        series: machine.code,
      });
    }
  }
}

/** Size, cross dimensions, power at 540 rpm in kW, cost factor. */
const SHAFTS = [
  [1, '22×54', 12, 0.7],
  [2, '23.8×61.3', 18, 0.8],
  [4, '27×74.6', 26, 1],
  [5, '30.2×79.4', 35, 1.2],
  [6, '30.2×92', 47, 1.4],
  [8, '35×106.5', 66, 1.9],
] as const;
const CHAINS = [
  ['08B', 12.7, 700, 9.4],
  ['10B', 15.875, 930, 11.8],
  ['12B', 19.05, 1180, 14.2],
  ['16B', 25.4, 2700, 24.5],
  ['20B', 31.75, 3700, 37],
] as const;

/** PTO shafts and their parts, roller chains and sprockets. */
export function* driveline(): Generator<ProductSpec> {
  for (const [size, cross, power, cost] of SHAFTS) {
    for (const length of [710, 860, 1010, 1210]) {
      for (const [code, name, words, extra] of [
        ['', 'PTO shaft', 'both ends 1 3/8″ Z6 with push pin', 0],
        ['-SB', 'PTO shaft with shear-bolt clutch', 'implement end with shear-bolt clutch M8×55', 42],
      ] as const) {
        yield spec({
          sku: `PTO-${size}-${padded(length, 4)}${code}`,
          name: `${name}, size ${size}, ${length} mm`,
          description: `PTO drive shaft size ${size}, closed length ${length} mm, ${words}, lemon-profile tubes, full guard to ISO 5674. ${power} kW at 540 rpm.`,
          category: ['PTO and driveline', 'PTO shafts', extra > 0 ? 'With overload clutch' : 'Standard'],
          grams: 4200 * cost + length * 5.2 * cost + extra * 40,
          price: (74 + length * 0.046) * cost + extra,
          attributes: {
            'size': String(size),
            'closed length': `${length} mm`,
            'power at 540 rpm': `${power} kW`,
            cross,
          },
          season: 'spring',
          pull: 0.4,
        });
      }
    }
    for (const [code, name, words, shelf, price, grams, pull] of [
      [
        'CK',
        'Cross kit',
        'Universal-joint cross with needle cups, circlips and grease nipple',
        'Crosses',
        13.5,
        520,
        1.8,
      ],
      ['YK', 'Quick-release yoke 1 3/8″ Z6', 'Forged yoke with push pin', 'Yokes', 24, 1400, 0.8],
      [
        'GT',
        'Guard tube set, 1,010 mm',
        'Inner and outer guard with cones and safety chains, cut to length',
        'Guards',
        33,
        1900,
        1.1,
      ],
      ['GB', 'Guard bearing set', 'Two nylon bearing rings for inner and outer tube', 'Guards', 8.2, 90, 1],
      [
        'TB',
        'Inner and outer tube, lemon profile',
        'Profile tubes 1,000 mm with spring pins',
        'Profile tubes',
        52,
        6200,
        0.4,
      ],
    ] as const) {
      yield spec({
        sku: `PTO-${code}-${size}`,
        name: `${name}, size ${size}${code === 'CK' ? `, ${cross}` : ''}`,
        description: `${words}. For PTO shafts of size ${size}.`,
        category: ['PTO and driveline', 'PTO shaft parts', shelf],
        unit: code === 'GT' || code === 'GB' || code === 'TB' ? 'SET' : 'EA',
        grams: grams * cost,
        price: price * cost,
        attributes: { 'size': String(size), cross },
        season: 'spring',
        pull,
      });
    }
  }
  for (const [code, pitch, grams, price] of CHAINS) {
    for (const strands of [1, 2]) {
      yield spec({
        sku: `CHN-${code}${strands}-5M`,
        name: `Roller chain ${code}-${strands}, box of 5 m`,
        description: `${strands === 1 ? 'Simplex' : 'Duplex'} roller chain ISO 606, pitch ${pitch} mm, pre-stretched, with one connecting link.`,
        category: ['PTO and driveline', 'Chains', strands === 1 ? 'Simplex' : 'Duplex'],
        unit: 'BX',
        grams: grams * 5 * strands * 0.97,
        price: price * 5 * strands * 0.9,
        attributes: { 'pitch': `${pitch} mm`, 'strands': String(strands), 'standard': 'ISO 606' },
        season: 'harvest',
        pull: strands === 1 ? 1 : 0.3,
      });
      yield spec({
        sku: `CHN-${code}${strands}-CL`,
        name: `Connecting link ${code}-${strands}, spring clip`,
        description: `Connecting link No. 26 for roller chain ${code}-${strands}. Closed end of the clip in running direction.`,
        category: ['PTO and driveline', 'Chains', 'Links'],
        grams: pitch * 1.2 * strands,
        price: 0.5 + pitch * 0.05 * strands,
        attributes: { 'pitch': `${pitch} mm`, 'strands': String(strands) },
        season: 'harvest',
        pull: 1.2,
        usual: 5,
      });
    }
    for (const teeth of [11, 13, 15, 17, 19, 23]) {
      yield spec({
        sku: `SPR-${code}-Z${teeth}`,
        name: `Sprocket ${code}-1, ${teeth} teeth, pilot bore`,
        description: `Plate wheel with one-sided hub, steel C45, hardened teeth, pitch ${pitch} mm, ${teeth} teeth. Bore and key to order.`,
        category: ['PTO and driveline', 'Sprockets', `Pitch ${pitch} mm`],
        grams: pitch ** 2 * teeth * 0.13,
        price: 3.2 + pitch * teeth * 0.045,
        attributes: { 'pitch': `${pitch} mm`, 'teeth': String(teeth), 'material': 'C45' },
        pull: 0.25,
      });
    }
  }
}
