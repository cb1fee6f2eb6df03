import { defineConfig } from "vitest/config";

const resolve = { conditions: ["source", "node", "import", "module", "default"] };
const ssr = { resolve: { conditions: ["source", "node", "import", "module", "default"] } };

/** `unit` is fast and opens loopback sockets at most; `system` starts processes, a browser or many jobs. */
export default defineConfig({
  resolve,
  ssr,
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          include: ["core/src/**/*.test.ts", "adapters/*/src/**/*.test.ts", "sandbox/src/**/*.test.ts", "app/src/**/*.test.ts", "test/unit/**/*.test.ts"],
        },
      },
      {
        resolve,
        ssr,
        test: { name: "system", include: ["test/system/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false },
      },
    ],
  },
});
