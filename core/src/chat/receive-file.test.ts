import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createFixtureHttp } from "../../../test/doubles/fixture-media.ts";
import { UsageError } from "../errors/errors.ts";
import { silentLogger } from "../ground/logger.ts";
import { say } from "../messages/sentence.ts";
import { diagnoseBot } from "./diagnose.ts";
import { downloadFrom, receiveFile } from "./receive-file.ts";
import { type SendFailure, sendFailures } from "./send-failure.ts";

const about = { name: "a.png", field: "image", owner: "chat:ada", platform: "Slack" };
const kept: object[] = [];
const runtime = {
  media: {
    async keep(source: AsyncIterable<Uint8Array>, options: object) {
      for await (const _chunk of source);
      kept.push(options);
      return { id: "asset_1" };
    },
  },
} as unknown as Parameters<typeof receiveFile>[0]["runtime"];
const receive = (download: Parameters<typeof receiveFile>[1]["download"]) =>
  receiveFile({ runtime, logger: silentLogger }, { ...about, download });

/** @verifies chat.files */
test("a file is loaded from the platform's own servers, or from its disk, and kept", async () => {
  const http = createFixtureHttp();
  const hosts = ["files.example"];
  expect(await receive(downloadFrom(http, { url: "https://files.example/tone.wav", hosts }))).toBe("asset_1");
  expect(await receive((path) => writeFile(path, "bytes"))).toBe("asset_1");
  expect(kept).toEqual([1, 2].map(() => ({ owner: "chat:ada", name: "a.png", maxBytes: 500 * 1024 ** 2 })));
});

/** @verifies chat.files safe.private-networks */
test.each([
  "http://169.254.169.254/tone.wav",
  "https://files.example.evil.example/tone.wav",
  "https://ada:secret@files.example/tone.wav",
  "https://files.example/tone.wav?status=403",
  "nowhere",
])("%s is an input at fault, in words without the address", async (url) => {
  const http = createFixtureHttp();
  const error: unknown = await receive(downloadFrom(http, { url, hosts: ["files.example"] })).catch((cause) => cause);
  expect(error).toBeInstanceOf(UsageError);
  expect(say((error as UsageError).failure.sentence, "en")).toBe(
    "a.png could not be loaded from Slack. Nothing was started. Attach it again.",
  );
  expect(http.downloads).toEqual(url.includes("status") ? [url] : []);
});

/** @verifies chat.files */
test("a page that the platform sends instead of a file is not kept as the file", async () => {
  const page = { bytes: 100, headers: { "content-type": "text/html; charset=utf-8" }, status: 200 };
  const http = { download: async () => page };
  const address = { url: "https://files.example/a.png", hosts: ["files.example"] };
  await expect(downloadFrom(http, { ...address, refusedAs: "text/html" })("path", 1)).rejects.toThrow("a page came");
  await expect(downloadFrom(http, address)("path", 1)).resolves.toBeUndefined();
});

const failures = sendFailures("Slack");
const readFailure = (error: unknown): SendFailure => ({
  ...failures.unknown("x"),
  detail: (error as Error).message,
});
const fail = async () => {
  throw new Error("no route");
};
const ok = (en: string) => [{ level: "ok" as const, sentence: { en, "zh-CN": en } }];

/** @verifies chat.doctor */
test("a doctor reports what is proved, and continues if one thing cannot be", async () => {
  const what = { en: "its channels", "zh-CN": "频道" };
  const bot = {
    ...{ platform: "Slack", readFailure, tokenProblem: () => null },
    identified: (name: string) => ok(`It is ${name}.`),
  };
  const findings = async (
    identify: () => Promise<string>,
    probes: Parameters<typeof diagnoseBot<string>>[0]["probes"],
  ) =>
    (await diagnoseBot<string>({ ...bot, identify, probes })).map(({ level, sentence }) => [
      level,
      say(sentence, "en"),
    ]);
  expect(await findings(fail, [])).toEqual([
    ["error", "Slack cannot be reached (no route). Check the network between this machine and Slack."],
  ]);
  const proves = { what, run: fail, problem: () => ok("Gone.")[0]!.sentence, needed: true };
  const never = { what, run: async () => ok("never") };
  expect(await findings(async () => "Toolcast", [{ what, run: fail, needed: true }, proves, never])).toEqual([
    ["ok", "It is Toolcast."],
    ["unproved", "Could not check its channels with Slack (no route)."],
    ["error", "Gone."],
  ]);
});
