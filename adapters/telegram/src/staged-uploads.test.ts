import { type Asset, type Caller, silentLogger } from "@toolcast/core";
import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { StagedUploads } from "./staged-uploads.ts";

const ada = { id: "telegram:1" } as Caller;
const asset = (id: string, bytes = 1_000) => ({ id, bytes }) as Asset;

function staging(upload: (asset: Asset) => Promise<void> = async () => {}) {
  const clock = createManualClock();
  const uploaded: string[] = [];
  const staged = new StagedUploads({
    ...{ clock, logger: silentLogger },
    fileIds: { knownAs: async (id) => (id.startsWith("known") ? { kind: "photo", id } : null) },
    async upload(_, one) {
      uploaded.push(one.id);
      await upload(one);
    },
  });
  return { clock, uploaded, stage: (...ids: Asset[]) => staged.stage(ada, ids) };
}

/** @verifies telegram.staged */
test("only the three newest that Telegram does not have are uploaded, and none that is large", async () => {
  const { stage, uploaded } = staging();
  await stage(asset("known"), asset("film", 60 * 1024 * 1024), asset("a"), asset("b"), asset("c"), asset("d"));
  expect(uploaded).toEqual(["a", "b", "c"]);
});

/** @verifies telegram.staged */
test("a failed upload is not repeated at every letter that somebody types, but ten minutes later", async () => {
  const { stage, uploaded, clock } = staging(() => Promise.reject(new Error("no")));
  await stage(asset("a"));
  await stage(asset("a"));
  expect(uploaded).toEqual(["a"]);
  await clock.advance(10 * 60_000);
  await stage(asset("a"));
  expect(uploaded).toEqual(["a", "a"]);
});
