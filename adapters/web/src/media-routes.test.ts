import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineTool, integer, media, text } from "@toolcast/core";
import { expect, it } from "vitest";
import { read, temporaryDirectory, testConsole } from "./testing/console.ts";

const upload = (
  console: ReturnType<typeof testConsole>,
  body: NonNullable<RequestInit["body"]>,
  headers: Record<string, string> = {},
) => console.request("/api/uploads", { method: "POST", body, headers, duplex: "half" });

it("keeps an upload under its name and serves it only to its owner", async () => {
  const console = testConsole();
  const response = await upload(console, "picture", { "X-File-Name": encodeURIComponent("金山 (1).png") });
  expect(response.status).toBe(201);
  const asset = await read(response);
  expect(asset).toEqual({
    id: "asset_1",
    kind: "image",
    type: "image/png",
    name: "金山 (1).png",
    bytes: 7,
    extension: "png",
  });
  const served = await console.request(`/api/media/${asset.id}`);
  expect([await served.text(), served.headers.get("content-type")]).toEqual(["picture", "image/png"]);
  expect(served.headers.get("content-disposition")).toBeNull();
  const download = await console.request(`/api/media/${asset.id}?download`);
  expect(download.headers.get("content-disposition")).toBe(
    `attachment; filename*=UTF-8''${encodeURIComponent("金山 ")}%281%29.png`,
  );
  expect(await console.get(`/api/media/${asset.id}/facts`)).toEqual(asset);
  console.runtime.assets.get(asset.id)!.owner = "web:somebody";
  expect((await console.request(`/api/media/${asset.id}`)).status).toBe(404);
  expect((await console.request("/api/media/asset_none")).status).toBe(404);
});

it("refuses what is too large by its announced length, without reading it", async () => {
  const console = testConsole({ maxUploadBytes: 1024 ** 2 });
  const body = new ReadableStream({
    pull() {
      throw new Error("read");
    },
  });
  const response = await upload(console, body, { "Content-Length": String(1024 ** 2 + 1), "Accept-Language": "zh" });
  expect(response.status).toBe(413);
  expect((await read(response)).error.title).toBe("文件超过 1 MB 上限。");
});

it("cuts off what is longer than announced", async () => {
  const console = testConsole({ maxUploadBytes: 10 });
  expect((await upload(console, "0123456789")).status).toBe(201);
  const body = new Blob(["01234567890"]).stream();
  expect((await upload(console, body)).status).toBe(413);
});

it("says how to send a file when it comes as a form, and that an empty file is empty", async () => {
  const console = testConsole();
  const form = new FormData();
  form.set("file", new Blob(["x"]));
  expect((await upload(console, form)).status).toBe(415);
  expect((await upload(console, "", { "Content-Length": "0" })).status).toBe(400);
  expect(console.runtime.assets.size).toBe(0);
});

it("survives a file name that is not percent-encoded", async () => {
  const console = testConsole();
  expect((await read(await upload(console, "x", { "X-File-Name": "%E9%zz" }))).name).toBe("upload");
});

it("offers samples, the examples of tools as starters, marker help, and the button that kills the server", async () => {
  const file = join(temporaryDirectory(), "face.mp4");
  writeFileSync(file, "face");
  const killed: string[] = [];
  const both = (text: string) => ({ en: text, "zh-CN": `${text}（中）` });
  const console = testConsole({
    sandbox: {
      refusal: "[[10013]]",
      ledgerUrl: "http://127.0.0.1:1/ledger",
      markers: [{ marker: "[[slow]]", example: "[[slow 20s]]", summary: both("slow") }],
      samples: { video: file },
      killServer: () => killed.push("now"),
    },
  });
  console.runtime.tools.push(
    defineTool({
      ...{
        name: "make_poster",
        command: "poster",
        effect: "spends",
        title: both("Poster"),
        summary: both("A poster."),
      },
      input: {
        picture: media({
          title: both("Picture"),
          summary: both("The middle."),
          limits: { kind: "image" },
          optional: true,
        }),
        sound: media({ title: both("Sound"), summary: both("Beside it."), limits: { kind: "audio" }, optional: true }),
        line: text({ title: both("Line"), summary: both("Below."), maxLength: 40, optional: true }),
        size: integer({ title: both("Size"), summary: both("Of it."), minimum: 1, maximum: 9, optional: true }),
      },
      examples: [
        { title: both("From a picture"), input: { line: both("Look"), size: 2 }, samples: ["picture"] },
        { title: both("From a sound"), input: {}, samples: ["sound"] },
        { title: both("From words"), input: { size: 3, line: both("Read") } },
      ],
      steps: () => [],
    }),
  );
  const { sandbox } = await console.get("/api/state", { "Accept-Language": "zh" });
  expect(sandbox).toEqual({
    ledgerUrl: "http://127.0.0.1:1/ledger",
    canKill: true,
    markers: [{ marker: "[[slow]]", example: "[[slow 20s]]", summary: "slow（中）" }],
    samples: [{ id: "asset_1", kind: "image", type: "image/png", name: "face.mp4", bytes: 4, extension: "png" }],
    starters: [
      { title: "From a picture（中）", command: "poster", input: { line: "Look（中）", size: 2, picture: "asset_1" } },
      { title: "From words（中）", command: "poster", input: { size: 3, line: "Read（中）" } },
      { title: "看看失败是怎么解释的", command: "poster", input: { size: 3, line: "Read（中） [[10013]]" } },
    ],
  });
  await console.get("/api/state");
  expect(console.runtime.assets.size).toBe(1);
  expect((await console.post("/api/sandbox/kill", {})).status).toBe(202);
  expect(killed).toEqual([]);
  console.clock.move(500);
  expect(killed).toEqual(["now"]);
});

it("reuses the samples of an earlier run, unless the file has changed", async () => {
  const file = join(temporaryDirectory(), "face.mp4");
  const sandbox = { samples: { video: file } };
  writeFileSync(file, "face");
  const first = testConsole({ sandbox });
  await first.get("/api/state");
  const runtime = first.runtime.asRuntime();
  const { sandbox: again } = await testConsole({ sandbox, runtime }).get("/api/state");
  expect(again?.samples.map(({ id }) => id)).toEqual(["asset_1"]);
  writeFileSync(file, "another face");
  const { sandbox: changed } = await testConsole({ sandbox, runtime }).get("/api/state");
  expect(changed?.samples.map(({ id }) => id)).toEqual(["asset_2"]);
});

it("kills nothing outside a supervised sandbox, nor for another site", async () => {
  const plain = testConsole();
  expect((await plain.post("/api/sandbox/kill", {})).status).toBe(404);
  expect(await plain.get("/api/state")).not.toHaveProperty("sandbox");
  const killed: string[] = [];
  const sandboxed = testConsole({ sandbox: { killServer: () => killed.push("now") } });
  expect((await sandboxed.post("/api/sandbox/kill", {}, { Origin: "http://evil.example" })).status).toBe(403);
  sandboxed.clock.move(1_000);
  expect(killed).toEqual([]);
});

it("lists the person's own media, newest first, with what made them", async () => {
  const console = testConsole();
  for (const name of ["a", "b", "c"]) {
    await upload(console, name, { "X-File-Name": `${name}.png` });
  }
  const { assets } = console.runtime;
  Object.assign(assets.get("asset_1")!, { owner: "web:somebody" });
  Object.assign(assets.get("asset_2")!, { origin: { jobId: "job_7", step: "paint", index: 0 }, codec: "avc" });
  const { media } = (await console.get("/api/media")) as unknown as { media: object[] };
  const facts = { kind: "image", type: "image/png", extension: "png", bytes: 1, createdAt: 0 };
  expect(media).toEqual([
    { ...facts, id: "asset_3", name: "c.png" },
    { ...facts, id: "asset_2", name: "b.png", codec: "avc", jobId: "job_7" },
  ]);
  const place = { surface: "web", conversation: "main" };
  const caller = { id: "web:local", name: "", locale: "en" as const, place };
  console.runtime.addJob({ caller, key: "k" }, { prompt: "a harbour" }, "job_7");
  const { media: listed } = (await console.get("/api/media")) as unknown as { media: object[] };
  expect(listed[1]).toMatchObject({ jobId: "job_7", about: "a harbour" });
  const { media: newest } = (await console.get("/api/media?limit=1")) as unknown as { media: object[] };
  expect(newest).toHaveLength(1);
});
