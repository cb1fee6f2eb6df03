/** Vendor servers on loopback that speak the real wire protocols. */

export type { Clock } from "./clock.ts";
export type { Control } from "./control.ts";
export type { LedgerEntry, VendorName } from "./ledger.ts";
export type { Limits } from "./limits.ts";
export { type MarkerDescription, markers, refusal } from "./marker-list.ts";
export { samples } from "./samples.ts";
export { type Sandbox, type SandboxOptions, startSandbox } from "./sandbox.ts";
