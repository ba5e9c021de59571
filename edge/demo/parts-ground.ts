import { machines } from './machines.ts';
import { type ProductSpec, packs, padded, type SpecInput, spec } from './product-spec.ts';

type Row = readonly [sku: string, name: string, words: string, euros: number, grams: number, usual: number];

const BLADES: readonly Row[] = [
  ['CUT-10648-L', 'Mower blade 106×48×4, left', 'Disc-mower blade, twisted, bore 18.25 mm, boron steel', 1.35, 140, 50],
  [
    'CUT-10648-R',
    'Mower blade 106×48×4, right',
    'Disc-mower blade, twisted, bore 18.25 mm, boron steel',
    1.35,
    140,
    50,
  ],
  ['CUT-11248-L', 'Mower blade 112×48×4, left', 'Disc-mower blade, twisted, bore 20.5 mm, boron steel', 1.52, 152, 50],
  ['CUT-11248-R', 'Mower blade 112×48×4, right', 'Disc-mower blade, twisted, bore 20.5 mm, boron steel', 1.52, 152, 50],
  ['CUT-09640-S', 'Mower blade 96×40×3, straight', 'Drum-mower blade, flat, bore 19 mm', 0.96, 84, 50],
  ['CUT-12650-S', 'Mower blade 126×50×4, straight', 'Drum-mower blade, flat, bore 20 mm', 1.78, 188, 50],
];

const MOWING_PARTS: readonly Row[] = [
  [
    'CUT-BB-M12',
    'Blade bolt M12 with nut, disc mower',
    'Hardened blade bolt with lock nut; renew with every second set of blades',
    3.1,
    96,
    10,
  ],
  ['CUT-SKID-01', 'Skid shoe, disc mower', 'Wear skid, hardened, with countersunk bolts', 31, 2300, 2],
  ['CUT-CURT-24', 'Safety curtain, 2.4 m', 'PVC-coated fabric curtain with eyelets', 84, 3600, 1],
  ['CUT-FLY-90', 'Flail Y-knife 90×60×8', 'Y-knife pair for verge mulchers, heat-treated', 2.4, 310, 40],
  ['CUT-FLH-120', 'Flail hammer 120 mm', 'Forged mulcher hammer, bore 25 mm', 7.9, 1150, 24],
  ['CUT-TDT-L', 'Tedder tine, left, 9.5 mm', 'Double tine, spring steel, powder-coated', 6.8, 620, 6],
  ['CUT-TDT-R', 'Tedder tine, right, 9.5 mm', 'Double tine, spring steel, powder-coated', 6.8, 620, 6],
  ['CUT-RKT-10', 'Swather tine, 10 mm', 'Double rake tine with fixing clip', 7.4, 700, 10],
  ['CUT-PUT-55', 'Pick-up tine, round baler, 5.5 mm', 'Double tine for baler pick-ups, 68 mm pitch', 2.1, 165, 20],
];

const HARVEST_PARTS: readonly Row[] = [
  ['CUT-SEC-76', 'Knife section 76×80×2.7, serrated', 'Top-serrated section, two rivet holes', 1.15, 105, 50],
  ['CUT-FNG-19', 'Knife guard, double, forged', 'Forged double finger with hardened ledgers', 13.2, 1250, 5],
  ['CUT-KNH-01', 'Knife head, floating', 'Knife head with ball joint seat', 58, 2100, 1],
  ['CUT-CHP-50', 'Straw chopper knife, serrated, 50 mm', 'Swinging knife, tungsten-coated edge', 4.7, 260, 40],
  ['CUT-ELP-25', 'Elevator paddle 250×110', 'Rubber paddle for clean-grain elevators', 3.6, 310, 20],
  ['CUT-RTN-08', 'Reel tine, plastic', 'UV-stable reel finger with clip', 2.2, 120, 20],
  ['CUT-HOP-14', 'Hop picking finger, spring wire 1.4 mm', 'Picking finger for hop picking machines', 0.38, 18, 200],
  ['CUT-HOP-22', 'Hop picking finger, spring wire 2.2 mm', 'Picking finger for pre-picking drums', 0.52, 31, 200],
  ['CUT-HPW-12', 'Hop wire cutter blade', 'Hardened shear blade for the bine cutter', 9.8, 240, 4],
];

const TILLAGE: readonly Row[] = [
  ['GET-SHR-14L', 'Plough share 14″, left', 'Forged boron-steel share, two bolts', 38, 4300, 4],
  ['GET-SHR-14R', 'Plough share 14″, right', 'Forged boron-steel share, two bolts', 38, 4300, 4],
  ['GET-SHR-16L', 'Plough share 16″, left', 'Forged boron-steel share, three bolts', 44, 5100, 4],
  ['GET-SHR-16R', 'Plough share 16″, right', 'Forged boron-steel share, three bolts', 44, 5100, 4],
  ['GET-PNT-40L', 'Reversible point, left', 'Plough point, hard-faced', 17.5, 1700, 4],
  ['GET-PNT-40R', 'Reversible point, right', 'Plough point, hard-faced', 17.5, 1700, 4],
  ['GET-MBD-L', 'Mouldboard, universal, left', 'Three-layer steel', 146, 13_500, 1],
  ['GET-MBD-R', 'Mouldboard, universal, right', 'Three-layer steel', 146, 13_500, 1],
  ['GET-LSD-01', 'Landside, reversible', 'Heat-treated landside, 45 mm', 27, 3800, 2],
  ['GET-CPT-80', 'Cultivator point 80 mm', 'Narrow point with tungsten-carbide tip', 29, 1250, 6],
  ['GET-CWG-L', 'Cultivator wing share, left', 'Wing 320 mm, boron steel', 19, 1900, 6],
  ['GET-CWG-R', 'Cultivator wing share, right', 'Wing 320 mm, boron steel', 19, 1900, 6],
  ['GET-DFT-150', 'Duckfoot share 150 mm', 'Bolt spacing 45 mm, for spring tines 32×10', 5.9, 720, 12],
  ['GET-SPT-3210', 'Spring tine 32×10', 'S-tine with clamp', 12.6, 2700, 6],
  ['GET-PHT-18L', 'Power harrow tine 18 mm, left', 'Trailing tine, length 320 mm', 16.5, 3100, 10],
  ['GET-PHT-18R', 'Power harrow tine 18 mm, right', 'Trailing tine, length 320 mm', 16.5, 3100, 10],
  ['GET-SDC-350', 'Seed drill coulter disc 350×4', 'Plain disc with bearing, riveted', 41, 3400, 4],
];

const rows = (list: readonly Row[], common: Pick<SpecInput, 'category' | 'season'> & { pack?: number; pull: number }) =>
  list.map(([sku, name, words, price, grams, usual]) => {
    const pack = common.pack ?? (usual >= 40 ? 10 : 1);
    return spec({
      sku,
      name,
      description: `${words}.${pack > 1 ? ` Pack of ${pack}.` : ''}`,
      category: common.category,
      rules: packs(pack),
      grams,
      price,
      attributes: { 'wear part': 'yes' },
      ...(common.season === undefined ? {} : { season: common.season }),
      pull: common.pull,
      usual,
    });
  });

/** Knives, tines, shares, discs, bucket teeth and cutting edges. */
export function* groundEngaging(): Generator<ProductSpec> {
  yield* rows(BLADES, {
    category: ['Cutting and ground engaging', 'Mowing', 'Mower blades'],
    season: 'mowing',
    pack: 25,
    pull: 3.5,
  });
  yield* rows(MOWING_PARTS, {
    category: ['Cutting and ground engaging', 'Mowing', 'Mower and hay tool parts'],
    season: 'mowing',
    pull: 2.4,
  });
  yield* rows(HARVEST_PARTS, {
    category: ['Cutting and ground engaging', 'Harvesting', 'Header and chopper parts'],
    season: 'harvest',
    pull: 2.2,
  });
  yield* rows(TILLAGE, {
    category: ['Cutting and ground engaging', 'Tillage', 'Plough and cultivator parts'],
    season: 'spring',
    pull: 2.4,
  });
  for (const [diameter, thickness] of [
    [410, 4],
    [460, 5],
    [510, 5],
    [560, 6],
    [610, 6],
  ] as const) {
    for (const [code, shape] of [
      ['N', 'notched'],
      ['P', 'plain'],
    ] as const) {
      yield spec({
        sku: `GET-DSC-${diameter}${code}`,
        name: `Harrow disc ${diameter}×${thickness}, ${shape}`,
        description: `Concave ${shape} disc, boron steel, hardness 48–52 HRC, flat neck with 5 holes on a ${diameter < 500 ? 98 : 120} mm circle.`,
        category: ['Cutting and ground engaging', 'Tillage', 'Discs'],
        grams: diameter ** 2 * thickness * 0.0055,
        price: diameter * thickness * 0.0148,
        attributes: { 'diameter': `${diameter} mm`, 'thickness': `${thickness} mm`, shape },
        season: 'spring',
        pull: 1.2,
        usual: 6,
      });
    }
  }
  for (const machine of machines.filter(({ models }) => /^T[LEH]/.test(models))) {
    for (const [block, name, words, price, grams, usual] of [
      ['T1', 'Bucket tooth', 'Cast tooth, self-sharpening; pin and rubber lock to be ordered apart', 11, 1900, 5],
      ['T2', 'Tooth adapter, weld-on', 'Adapter for the lower lip', 19, 3100, 5],
      ['T3', 'Tooth pin with rubber lock', 'Hardened pin and lock', 3.4, 170, 5],
      ['E1', 'Bolt-on cutting edge', 'Reversible edge, 500 HB, square holes for plough bolts', 118, 24_000, 1],
      ['E2', 'Side cutter, left', 'Bolt-on side cutter with three bolts', 42, 6200, 1],
      ['E3', 'Side cutter, right', 'Bolt-on side cutter with three bolts', 42, 6200, 1],
      ['B1', 'Bucket bush, hardened', 'Steel bush with grease grooves', 16, 720, 2],
      ['B2', 'Bucket pin with grease nipple', 'Induction-hardened pin', 33, 3100, 1],
    ] as const) {
      yield spec({
        sku: `GET-${machine.code}${block}`,
        name: `${name}, fits ${machine.models}`,
        description: `${words}. For ${machine.kind} ${machine.models}.`,
        category: [
          'Cutting and ground engaging',
          'Buckets',
          block.startsWith('T') ? 'Teeth' : block.startsWith('E') ? 'Cutting edges' : 'Pins and bushes',
        ],
        grams: grams * machine.size,
        price: price * machine.size,
        attributes: { 'fits': machine.models },
        pull: 1.6 * machine.share,
        usual,
        series: machine.code,
      });
    }
  }
}

const TYRES = [
  ['320/85 R 24', 122, 'A8', 8.5, 48],
  ['340/85 R 28', 127, 'A8', 9, 62],
  ['380/85 R 28', 133, 'A8', 10.2, 74],
  ['420/85 R 34', 142, 'A8', 13.4, 108],
  ['460/85 R 38', 149, 'A8', 16.8, 142],
  ['520/85 R 42', 157, 'A8', 22.5, 196],
  ['480/70 R 30', 141, 'D', 13.8, 102],
  ['540/65 R 30', 143, 'D', 15.2, 112],
  ['600/65 R 38', 153, 'D', 20.8, 168],
  ['710/70 R 42', 173, 'D', 33.5, 288],
  ['280/70 R 18', 114, 'A8', 6.4, 34],
  ['300/70 R 20', 110, 'A8', 6.9, 37],
  ['12.5/80-18', 142, 'A8', 5.2, 46],
  ['405/70 R 20', 155, 'A2', 9.8, 68],
  ['15.5/80-24', 163, 'A8', 9.2, 78],
  ['17.5 R 25', 167, 'B', 14.5, 128],
  ['10.0/75-15.3', 126, 'A8', 2.6, 22],
  ['11.5/80-15.3', 139, 'A8', 3.1, 29],
  ['400/60-15.5', 145, 'A8', 4.3, 35],
  ['500/50-17', 149, 'A8', 6.2, 47],
  ['6.00-16', 88, 'A6', 1.3, 12],
  ['7.50-16', 103, 'A6', 1.9, 18],
] as const;

/** Tyres, tubes, rims and wheel bolts. */
export function* tyres(): Generator<ProductSpec> {
  for (const [size, load, speed, cost, kilograms] of TYRES) {
    const number = size.replaceAll(/[^\dR]/g, '');
    const radial = size.includes('R');
    const attributes = { size, 'load index': `${load} ${speed}`, 'construction': radial ? 'radial' : 'cross-ply' };
    yield spec({
      sku: `TYR-${number}`,
      name: `Tyre ${size} ${load}${speed} TL`,
      description: `${radial ? 'Radial' : 'Cross-ply'} ${cost < 5.5 ? 'implement and trailer' : 'traction'} tyre, tubeless, load index ${load}, speed symbol ${speed}.`,
      category: ['Tyres and wheels', 'Tyres', radial ? 'Radial' : 'Cross-ply'],
      rules: { minimum: 1, increment: 1, maximum: 8 },
      grams: kilograms * 1000,
      price: cost * 62,
      attributes,
      season: 'spring',
      pull: 0.3,
      usual: 2,
    });
    yield spec({
      sku: `TUB-${number}`,
      name: `Tube ${size}, valve ${cost > 6 ? 'TR218A' : 'TR15'}`,
      description: `Butyl inner tube for tyre ${size}${cost > 6 ? ', air and water valve' : ''}.`,
      category: ['Tyres and wheels', 'Tubes', radial ? 'Traction' : 'Implement'],
      grams: kilograms * 75,
      price: 6 + cost * 4.1,
      attributes: { size },
      pull: 0.5,
      usual: 1,
    });
  }
  for (const [index, size] of [
    '9.00×15.3',
    '13.00×15.5',
    '16.00×17',
    'W9×18',
    'W11×20',
    'W12×24',
    'DW13×28',
    'DW15L×34',
    'DW16L×38',
  ].entries()) {
    yield spec({
      sku: `RIM-${padded(index + 11, 3)}`,
      name: `Rim ${size}, ${index < 3 ? 6 : 8}-hole`,
      description: `Steel disc wheel ${size}, ${index < 3 ? '6 holes on 205 mm, centre 160 mm' : '8 holes on 275 mm, centre 220 mm'}, silver.`,
      category: ['Tyres and wheels', 'Rims', index < 3 ? 'Implement' : 'Traction'],
      grams: 14_000 + index * 7_500,
      price: 74 + index * 46,
      attributes: { size },
      pull: 0.2,
    });
  }
  for (const thread of ['M14×1.5', 'M16×1.5', 'M18×1.5', 'M20×1.5', 'M22×1.5']) {
    const d = Number(thread.slice(1, 3));
    yield spec({
      sku: `WHL-NUT-M${d}`,
      name: `Wheel nut ${thread}, cone 60°`,
      description: `Wheel nut ${thread}, class 10, zinc-plated. Retighten after the first hour. Pack of 10.`,
      category: ['Tyres and wheels', 'Wheel fastening', 'Wheel nuts'],
      rules: packs(10),
      grams: d * 4.6,
      price: 0.5 + d * 0.045,
      attributes: { thread, 'property class': '10' },
      usual: 10,
    });
    yield spec({
      sku: `WHL-STD-M${d}`,
      name: `Wheel stud ${thread}×${d * 3}`,
      description: `Press-in wheel stud ${thread}, length ${d * 3} mm, class 10.9.`,
      category: ['Tyres and wheels', 'Wheel fastening', 'Wheel studs'],
      grams: d * d * 0.85,
      price: 1.4 + d * 0.11,
      attributes: { thread, 'length': `${d * 3} mm` },
      usual: 6,
    });
  }
}
