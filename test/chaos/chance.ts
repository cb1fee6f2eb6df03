import { createSeededRandom } from "../seeded-random.ts";

/** Choices that repeat for the same seed. */
export interface Chance {
  /** From 0 up to but not including `limit`. */
  below(limit: number): number;
  /** From `least` to `most`, both inclusive. */
  between(least: number, most: number): number;
  /** True in `percent` percent of cases. */
  percent(percent: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** One of the items, with a probability proportional to its weight. */
  weighted<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item;
}

export function createChance(seed: number): Chance {
  const random = createSeededRandom(seed);
  const below = (limit: number) => random.integer(limit);
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    percent: (percent) => below(100) < percent,
    pick: (items) => items[below(items.length)]!,
    weighted(items) {
      let left = below(items.reduce((sum, [weight]) => sum + weight, 0));
      for (const [weight, item] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      throw new Error("no item has a weight");
    },
  };
}
