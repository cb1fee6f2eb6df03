import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttp, systemClock } from "@toolcast/core";
import Keyv from "keyv";
import { describe, expect, test } from "vitest";
import { startTelegram } from "../../../test/fakes/telegram/telegram.ts";
import { createInstallation } from "../../../test/runtime-fixture.ts";
import { createTelegram, type TelegramOptions } from "./connect.ts";
import { leaveCloud } from "./leave-cloud.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "toolcast-bot-api-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("Telegram's own server", () => {
  async function servers(folder?: string) {
    const installation = await createInstallation();
    const [cloud, own] = [
      await startTelegram({ clock: systemClock, flood: false }),
      await startTelegram({ clock: systemClock, flood: false, local: { folder: folder ?? tmpdir() } }),
    ];
    const host = new URL(own.apiRoot).host;
    const http = createHttp({ trustedHosts: () => [host], clock: systemClock });
    const keyvs = new Map<string, Keyv>();
    const keyv = (name: string) => {
      keyvs.set(name, keyvs.get(name) ?? new Keyv({ namespace: name }));
      return keyvs.get(name)!;
    };
    const { runtime } = await installation.open({ attached: false, started: false });
    const options: TelegramOptions = {
      ...{ runtime, http, clock: systemClock, publicUrl: null, filesDirectory: folder },
      ...{ token: own.token, apiRoot: own.apiRoot, cloudRoot: cloud.apiRoot, state: { keyv, close() {} } },
    };
    return {
      ...{ cloud, own, options },
      async [Symbol.asyncDispose]() {
        await installation[Symbol.asyncDispose]();
        await http.close();
        await cloud.close();
        await own.close();
        cloud.assertNoViolations();
        own.assertNoViolations();
      },
    };
  }
  const logOuts = ({ cloud }: Awaited<ReturnType<typeof servers>>) => cloud.requests.map(({ method }) => method);

  test.for([
    ["with its folder", true],
    ["without its folder", false],
  ] as const)("logs the bot out once before one on this machine %s is used", ([, isShared]) =>
    withFolder(async (folder) => {
      // @verifies telegram.local-server
      await using scene = await servers(isShared ? folder : undefined);
      for (let starts = 0; starts < 2; starts += 1) {
        const adapter = createTelegram(scene.options);
        await adapter.start();
        await adapter.close();
      }
      expect(logOuts(scene)).toEqual(["logOut"]);
      expect(scene.own.requestsTo("getMe")).toHaveLength(2);
      expect(scene.own.requestsTo("logOut")).toEqual([]);
    }),
  );

  test("does so again after the bot has been back there", async () => {
    // @verifies telegram.local-server
    await using scene = await servers();
    await leaveCloud(scene.options);
    await leaveCloud({ ...scene.options, apiRoot: "https://api.telegram.org" });
    await leaveCloud(scene.options);
    await leaveCloud(scene.options);
    expect(logOuts(scene)).toEqual(["logOut", "logOut"]);
  });

  test("keeps the bot if the other address may only relay to it, and is asked again if it could not be reached", async () => {
    // @verifies telegram.local-server
    await using scene = await servers();
    await leaveCloud({ ...scene.options, apiRoot: "https://relay.example" });
    expect(logOuts(scene)).toEqual([]);
    await leaveCloud({ ...scene.options, cloudRoot: "http://127.0.0.1:9" });
    await leaveCloud(scene.options);
    expect(logOuts(scene)).toEqual(["logOut"]);
  });
});
