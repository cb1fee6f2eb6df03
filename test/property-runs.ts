import fc from "fast-check";

/**
 * How property tests draw their inputs: from the same seed in every run, so that a red suite stays red until its cause is
 * mended. `TOOLCAST_PROPERTY_SEED=random` looks for new counterexamples, another number repeats what a run printed;
 * `TOOLCAST_PROPERTY_RUNS` draws another number of inputs than fast-check's 100 where a test does not say how many.
 */
const { TOOLCAST_PROPERTY_SEED: seed = "1", TOOLCAST_PROPERTY_RUNS: runs } = process.env;

fc.configureGlobal({
  ...(seed === "random" ? {} : { seed: Number(seed) }),
  ...(runs === undefined ? {} : { numRuns: Number(runs) }),
});
