import type { Random } from "../../ground/random.ts";

/** An id in the vendor's form that no task has. */
export function randomTaskId(random: Random): string {
  const hex = Buffer.from(random.bytes(16)).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
