interface Corner {
  readonly at: readonly number[];
  readonly value: number;
}

/**
 * Minimises a function without its gradient (Nelder & Mead 1965). Ends after `steps`, or when the corners differ by
 * less than `tolerance` of the best value.
 */
export function minimise(
  cost: (at: readonly number[]) => number,
  start: readonly number[],
  { steps, size, tolerance = 1e-6 }: { readonly steps: number; readonly size: number; readonly tolerance?: number },
): Corner {
  const corner = (at: readonly number[]): Corner => {
    const value = cost(at);
    return { at, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };
  const dimensions = start.length;
  let corners = [corner(start)];
  for (let axis = 0; axis < dimensions; axis += 1) {
    corners.push(corner(start.map((value, index) => (index === axis ? value + size : value))));
  }
  const lowestFirst = (a: Corner, b: Corner) => a.value - b.value;
  for (let step = 0; step < steps; step += 1) {
    corners.sort(lowestFirst);
    const best = corners[0] as Corner;
    const worst = corners[dimensions] as Corner;
    if (worst.value - best.value <= tolerance * Math.abs(best.value)) break;
    const centre = start.map((_, axis) => {
      let sum = 0;
      for (let index = 0; index < dimensions; index += 1) sum += corners[index]?.at[axis] ?? 0;
      return sum / dimensions;
    });
    const along = (factor: number) =>
      corner(centre.map((value, axis) => value + factor * ((worst.at[axis] ?? 0) - value)));
    const reflected = along(-1);
    const secondWorst = corners[dimensions - 1]?.value ?? best.value;
    if (reflected.value < best.value) {
      const expanded = along(-2);
      corners[dimensions] = expanded.value < reflected.value ? expanded : reflected;
      continue;
    }
    if (reflected.value < secondWorst) {
      corners[dimensions] = reflected;
      continue;
    }
    const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
    if (contracted.value < worst.value) corners[dimensions] = contracted;
    else {
      const shrunk = (at: readonly number[]) => at.map((value, axis) => (value + (best.at[axis] ?? 0)) / 2);
      corners = [best, ...corners.slice(1).map((one) => corner(shrunk(one.at)))];
    }
  }
  return corners.sort(lowestFirst)[0] as Corner;
}
