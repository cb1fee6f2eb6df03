import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message } from "@toolcast/core";
import { createWebSurface } from "@toolcast/web";
import { surfaceContract } from "../contracts/surface-contract.ts";
import { createScriptedSurface } from "../doubles/scripted-surface.ts";
import { createInstallation } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";

const textOf = ({ title, lines, fields }: Message): string =>
  [title, ...(lines ?? []), ...(fields ?? []).flatMap(({ label, value }) => [label, value])].join("\n");

surfaceContract("the scripted surface", async () => {
  const platform = createScriptedSurface({ drops: true });
  return {
    surface: platform.surface,
    place: { surface: "chat", conversation: "main" },
    asker: "chat:ada",
    acknowledge: async () => ({ message: 1 }),
    read: async () => platform.posted.map(({ message }) => textOf(message)),
    async close() {},
  };
});

surfaceContract("the web console", async () => {
  const installation = await createInstallation();
  const { runtime } = await installation.open({ attached: false, started: false });
  const directory = await mkdtemp(join(tmpdir(), "toolcast-web-"));
  const web = createWebSurface({ runtime, directory, clock: installation.clock, random: createSeededRandom() });
  return {
    surface: web.surface,
    place: { surface: "web", conversation: "main" },
    asker: "web:console",
    async read() {
      const request = new Request("http://localhost/api/conversations/main/entries");
      const answer = await web.fetch(request, { remoteAddress: "127.0.0.1" });
      const { entries } = (await answer.json()) as { entries: { message?: Message }[] };
      return entries.flatMap(({ message }) => (message === undefined ? [] : [textOf(message)]));
    },
    async close() {
      web.close();
      await installation[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
});
