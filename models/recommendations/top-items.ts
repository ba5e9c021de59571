import type { ItemScores } from './method.ts';

/** Places in `scores` of the best `count`, best first; of equal scores the item with the lower number comes first. */
export function topPlaces({ items, scores }: ItemScores, count: number): number[] {
  const before = (a: number, b: number) =>
    (scores[a] as number) - (scores[b] as number) || (items[b] as number) - (items[a] as number);
  // A heap with the worst of the kept on top: most of what is looked at is turned away by one comparison.
  const heap: number[] = [];
  for (let place = 0; place < items.length; place++) {
    if (heap.length < count) {
      heap.push(place);
      let child = heap.length - 1;
      while (child > 0) {
        const parent = (child - 1) >> 1;
        if (before(heap[child] as number, heap[parent] as number) >= 0) break;
        [heap[child], heap[parent]] = [heap[parent] as number, heap[child] as number];
        child = parent;
      }
    } else if (count > 0 && before(place, heap[0] as number) > 0) {
      heap[0] = place;
      let parent = 0;
      for (;;) {
        let least = parent;
        for (const child of [2 * parent + 1, 2 * parent + 2]) {
          if (child < heap.length && before(heap[child] as number, heap[least] as number) < 0) least = child;
        }
        if (least === parent) break;
        [heap[least], heap[parent]] = [heap[parent] as number, heap[least] as number];
        parent = least;
      }
    }
  }
  return heap.sort((a, b) => before(b, a));
}

/** The best items, best first. */
export function topItems(scores: ItemScores, count: number): number[] {
  return topPlaces(scores, count).map((place) => scores.items[place] as number);
}
