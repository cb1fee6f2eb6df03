import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

// "import" is not named: Node adds "import" or "require" by itself, and CommonJS packages need the latter.
const resolve = { conditions: ["toolcast-source", "node", "module", "default"] };
const ssr = { resolve };
/** `.ci/run` counts from this file. */
const report = process.env.TOOLCAST_TEST_REPORT;

/** A bound against hanging, not a measure: machines are busy. */
const testTimeout = 60_000;
/** The same for what is looked at again and again: a second, the library's own, is short beside other work. */
const expectations = { poll: { timeout: 30_000 } };

/**
 * As the product's modules are, instead of being transformed by Vite and handed over by its process: a test's clock can
 * then see that code is still being loaded. `vi.mock` does nothing here.
 */
const loadedByNode = {
  experimental: { viteModuleRunner: false, nodeLoader: false },
  execArgv: ["--conditions=toolcast-source"],
};

const setupFiles = ["test/property-runs.ts"];

/** Tests of internals beside their source that start a server, let real time pass or take seconds of a processor. */
const slowTests = [
  "core/src/engine-postgres/**/*.test.ts",
  "adapters/web/src/console-tables.test.ts",
  // The emulator of S3 changes globals of its process.
  "core/src/media/media-bucket.test.ts",
  // Each encode is made in a thread of its own that loads the encoder.
  "core/src/media/smaller-recordings.test.ts",
  // Telegram delivers to a real listener.
  "app/src/server/webhook-on-public-listener.test.ts",
];

/**
 * `unit` is fast: what `npm run check` runs. `scenarios` plays contracts and whole stories against vendors and platforms on
 * loopback, in one process. `system` starts processes, a browser or many jobs.
 */
export default defineConfig({
  resolve,
  ssr,
  test: {
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          sequence: { groupOrder: 0 },
          include: [
            "core/src/**/*.test.ts",
            "adapters/*/src/**/*.test.ts",
            "sandbox/src/**/*.test.ts",
            "app/src/**/*.test.ts",
            "test/unit/**/*.test.ts",
            "test/guards/**/*.test.ts",
          ],
          exclude: [...configDefaults.exclude, ...slowTests],
          setupFiles,
          expect: expectations,
          // Modules are loaded once a worker: half the time. What changes a whole process belongs to `scenarios`.
          isolate: false,
          ...loadedByNode,
          testTimeout,
          hookTimeout: testTimeout,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "scenarios",
          sequence: { groupOrder: 1 },
          include: ["test/scenarios/**/*.test.ts", "docs/examples/*/test/**/*.test.ts", ...slowTests],
          setupFiles,
          ...loadedByNode,
          // Of two processors the library would leave one idle.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          expect: expectations,
          testTimeout,
          hookTimeout: testTimeout,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "system",
          sequence: { groupOrder: 2 },
          include: ["test/system/**/*.test.ts"],
          setupFiles,
          expect: expectations,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
