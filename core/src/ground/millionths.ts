/** Money is counted to a millionth, so that sums of rates show no rounding of binary fractions. */
export function toMillionths(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}
