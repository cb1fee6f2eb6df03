/** Money is counted to the millionth: sums of rates then show no binary rounding errors. */
export function toMillionths(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}
