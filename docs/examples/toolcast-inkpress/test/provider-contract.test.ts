import { providerContract } from "@toolcast/testing";
import { expect } from "vitest";
import { inkpress } from "../index.js";
import { startInkpress } from "./vendor.ts";

const key = "marker-inkpress-key-9f2c";

providerContract({
  definition: inkpress,
  async openVendor() {
    const vendor = await startInkpress(key, { pressMs: 5 });
    return { ...vendor, environment: { INKPRESS_KEY: key, INKPRESS_URL: vendor.url } };
  },
  addressVariable: "INKPRESS_URL",
  secretVariables: ["INKPRESS_KEY"],
  fewestCodes: 4,
  operations: [
    (operation) =>
      operation({
        name: "poster",
        startEndpoint: "POST /posters",
        checkEndpoint: "GET /posters/:id",
        startTimeoutMs: 10_000,
        operation: (provider) => provider.operations.poster!,
        request: () => ({ headline: "Extra! Extra!", colour: "red" as const }),
        expectOutput({ media, charge }) {
          expect(media).toEqual([{ url: expect.stringMatching(/\/files\/p1\.png$/), name: "poster.png" }]);
          expect(charge).toEqual({ amount: 3, unit: "sheets" });
        },
      }),
  ],
});
