import { defineConfig } from "vitest/config";

// "import" is not named: Node adds "import" or "require" by itself, and CommonJS packages need the latter.
const resolve = { conditions: ["source", "node", "module", "default"] };
const ssr = { resolve };
/** `.ci/run` counts from this file. */
const report = process.env.TOOLCAST_TEST_REPORT;

/** `unit` is fast and opens loopback sockets at most; `system` starts processes, a browser or many jobs. */
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
          include: [
            "core/src/**/*.test.ts",
            "adapters/*/src/**/*.test.ts",
            "sandbox/src/**/*.test.ts",
            "app/src/**/*.test.ts",
            "test/unit/**/*.test.ts",
          ],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
