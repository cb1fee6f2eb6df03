import { describe } from "vitest";
import { verifies } from "../verifies.ts";
import type { OpenEngine } from "./engine-fixture.ts";
import { admissionContract } from "./job-admission-contract.ts";
import { clockContract } from "./job-clock-contract.ts";
import { jobEngineProperties } from "./job-engine-properties.ts";
import { inboxContract } from "./job-inbox-contract.ts";
import { leaseContract } from "./job-lease-contract.ts";
import { lineContract } from "./job-line-contract.ts";
import { recordContract } from "./job-record-contract.ts";
import { scheduleContract } from "./job-schedule-contract.ts";

export type { OpenEngine } from "./engine-fixture.ts";

/** Every promise of `JobEngine`. `runs` is the number of random histories that the property tests try. */
export function jobEngineContract(name: string, open: OpenEngine, { runs }: { runs: number }): void {
  verifies("survives.engine", "survives.lease");
  describe(`${name}: records`, () => recordContract(open));
  describe(`${name}: admission`, () => admissionContract(open));
  describe(`${name}: lines`, () => lineContract(open, runs));
  describe(`${name}: schedule`, () => scheduleContract(open));
  describe(`${name}: leases`, () => leaseContract(open));
  describe(`${name}: inbox`, () => inboxContract(open));
  describe(`${name}: clocks`, () => clockContract(open));
  describe(`${name}: random histories`, () => jobEngineProperties(open, runs));
}
