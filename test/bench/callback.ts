import { join } from "node:path";
import {
  type Caller,
  createRuntime,
  openSqliteEngine,
  openState,
  silentLogger,
  systemClock,
  systemRandom,
} from "@toolcast/core";
import { createFixtureHttp } from "../doubles/fixture-media.ts";
import { createScriptedProvider, usualOutput } from "../doubles/scripted-provider.ts";
import { createScriptedSurface } from "../doubles/scripted-surface.ts";
import type { Group } from "./bench.ts";
import { temporaryFolder } from "./side-process.ts";
import { percentile, spreadOf } from "./statistics.ts";

const caller: Caller = {
  id: "chat:ada",
  name: "Ada",
  locale: "en",
  place: { surface: "chat", conversation: "main" },
};

export const callbackGroup: Group = {
  name: "callback",
  title: "From a vendor's callback to the message",
  about:
    "In one process, with a store on disk: a picture is ready at its vendor, which calls back; the picture is copied, checked and stored, and its message handed to the platform.",
  async measure({ effort }) {
    using folder = temporaryFolder();
    const clock = systemClock;
    const engine = openSqliteEngine({
      ...{ file: join(folder.path, "jobs.sqlite"), clock, random: systemRandom, logger: silentLogger },
    });
    const state = openState({ file: join(folder.path, "state.sqlite"), clock });
    const provider = createScriptedProvider();
    provider.firstCheckAfterMs = 10 * 60_000;
    provider.limits = { concurrent: 1_000, startsPerSecond: 1_000 };
    const platform = createScriptedSurface();
    let noteSent = () => {};
    const { deliver } = platform.surface;
    platform.surface.deliver = async (route, delivery) => {
      const end = await deliver(route, delivery);
      noteSent();
      return end;
    };
    const runtime = await createRuntime({
      providers: [{ definition: provider.definition, values: {} }],
      engine,
      state,
      dataDirectory: folder.path,
      http: createFixtureHttp(new Set()),
      clock,
      random: systemRandom,
      policy: { operators: [] },
      secretKey: new Uint8Array(32).fill(3),
      publicUrl: "https://toolcast.example",
    });
    runtime.attach(platform.surface);
    await runtime.start();
    const picture = async (): Promise<number> => {
      const { promise: started, resolve: noteStart } = Promise.withResolvers<string>();
      provider.nextStart("image", ({ context }) => {
        noteStart(context.callbackUrl ?? "");
        return { end: "operation", reference: { vendor: "slow" } };
      });
      provider.nextCheck({ state: "done", output: usualOutput("image") });
      const reply = await runtime.call({ tool: "generate_image", input: { prompt: "a fox" }, caller });
      if (reply.type !== "job") {
        throw new Error("no job");
      }
      const { id } = reply.job;
      await runtime.acknowledged(id, {});
      const arrived = new Promise<void>((resolve) => {
        noteSent = resolve;
      });
      const url = await started;
      while ((await engine.read(id))?.state.phase !== "running") {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const began = performance.now();
      await runtime.handlePublic(new Request(url, { method: "POST" }));
      await arrived;
      return performance.now() - began;
    };
    const medians: number[] = [];
    const tails: number[] = [];
    for (let round = -1; round < effort.rounds; round += 1) {
      const taken: number[] = [];
      for (let one = 0; one < effort.roundMs / 30; one += 1) {
        taken.push(await picture());
      }
      if (round >= 0) {
        medians.push(percentile(taken, 0.5));
        tails.push(percentile(taken, 0.99));
      }
    }
    await runtime.stop();
    await engine.close();
    state.close();
    return [
      { what: "callback to message sent, median", unit: "ms", value: spreadOf(medians), goal: { atMost: 20 } },
      { what: "callback to message sent, 99th percentile", unit: "ms", value: spreadOf(tails) },
    ];
  },
};
