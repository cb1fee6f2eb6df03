import { UsageError } from "../../errors/errors.ts";

const maxSeed = 2_147_483_647;

/** Refuses a seed that the vendor does not take. */
export function checkSeed(seed: number | undefined): void {
  if (seed !== undefined) {
    checkWhole("seed", seed, { min: 0, max: maxSeed });
  }
}

/** Refuses anything but a whole number in a range, both ends included. */
export function checkWhole(field: string, actual: number, { min, max }: { min: number; max: number }): void {
  if (!(Number.isInteger(actual) && actual >= min && actual <= max)) {
    throw new UsageError({ key: "provider.ratio-range", values: { field, min, max, actual } }, field);
  }
}
