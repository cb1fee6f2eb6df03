import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { CatalogEntry } from "@toolcast/core/errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type InkpressVendor, startInkpress } from "../../docs/examples/toolcast-inkpress/test/vendor.ts";
import { createPluginHome, installCore, installExample, type PluginHome } from "../plugin-home.ts";
import { read } from "../repository.ts";
import { verifies } from "../verifies.ts";

const key = "marker-inkpress-key-9f2c";
const configuration = `import { defineConfiguration } from "toolcast";
import { inkpress, makePoster } from "toolcast-inkpress";

export default defineConfiguration({ tools: [makePoster], providers: [inkpress] });
`;
const pngSignature = "89504e470d0a1a0a";

let home: PluginHome;
let vendor: InkpressVendor;
let settings: Record<string, string>;

beforeAll(async () => {
  home = createPluginHome();
  installExample(home);
  await installCore(home);
  home.write("toolcast.config.ts", configuration);
  vendor = await startInkpress(key);
  settings = { INKPRESS_KEY: key, INKPRESS_URL: vendor.url, LOG_LEVEL: "debug" };
});

afterAll(async () => {
  await vendor.close();
  home.remove();
});

const keysIn = ({ out, error }: { out: string; error: string }) => `${out}${error}`.includes(key);

test("the tool is listed and runs to its end at the plugin's own vendor", async () => {
  verifies("built.plugins", "built.tool-is-one-file");
  const tools = JSON.parse((await home.run(["tools", "--json"])).out);
  expect(tools.at(-1)).toMatchObject({
    ...{ name: "make_poster", command: "poster", effect: "spends", primary: "headline" },
    fields: [
      { name: "headline", flag: "--headline" },
      { name: "colour", flag: "--colour" },
      { name: "quote", flag: "--quote" },
    ],
  });
  const ran = await home.run(
    ["run", "poster", "Extra! Extra!", "--colour", "red", "--out", "made/", "--json"],
    settings,
  );
  expect(ran).toMatchObject({ code: 0 });
  const { files, job } = JSON.parse(ran.out);
  expect(job).toMatchObject({ state: "succeeded", tool: "make_poster", provider: "inkpress" });
  expect(readFileSync(files[0]).subarray(0, 8).toString("hex")).toBe(pngSignature);
  expect(vendor.begun).toEqual(["Extra! Extra!"]);
  expect(keysIn(ran)).toBe(false);
});

test("the running server shows it in the console and to agents, and an agent's call is paid for once", async () => {
  verifies("built.plugins", "built.tool-is-one-file");
  const server = await home.serve(settings);
  try {
    const state = (await (await fetch(`${server.url}/api/state`)).json()) as { tools: object[] };
    expect(state.tools.at(-1)).toMatchObject({
      name: "make_poster",
      fields: [{ name: "headline" }, { name: "colour" }, { name: "quote" }],
    });
    const client = new Client({ name: "plugins", version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", server.url)));
    const { tools } = await client.listTools();
    expect(tools.at(-1)).toMatchObject({
      ...{ name: "make_poster", title: "Poster" },
      inputSchema: { properties: { colour: { enum: ["black", "red"] } }, required: ["headline"] },
    });
    const made = await client.callTool({ name: "make_poster", arguments: { headline: "For agents" } });
    expect(made.structuredContent).toMatchObject({ state: "succeeded" });
    expect(vendor.begun.filter((headline) => headline === "For agents")).toHaveLength(1);
    await client.close();
  } finally {
    await server.stop();
  }
});

test("doctor shows the definition's settings and the provider's findings, but no value", async () => {
  verifies("built.plugins");
  const asked = await home.run(["doctor", "--json"], settings);
  const { findings, settings: listed } = JSON.parse(asked.out);
  expect(findings).toContainEqual({ subject: "inkpress", level: "ok", message: "The key belongs to Gutenberg." });
  const common = { provider: "inkpress", summary: expect.any(String) };
  expect(listed.filter(({ provider }: { provider: string }) => provider === "inkpress")).toEqual([
    { ...common, variable: "INKPRESS_KEY", required: true, secret: true, default: null, set: true },
    {
      ...common,
      ...{ variable: "INKPRESS_URL", required: false, secret: false, set: true },
      default: "https://api.inkpress.example",
    },
    { ...common, variable: "INKPRESS_CONCURRENT", required: false, secret: false, default: "2", set: false },
  ]);
  expect(keysIn(asked)).toBe(false);
  const chinese = await home.run(["doctor", "--locale", "zh-CN"], settings);
  expect(chinese.out).toContain("密钥属于 Gutenberg。");
  expect(chinese.out).toMatch(/墨印工坊（inkpress）：已配置\n {2}INKPRESS_KEY +已设置 +账号的 API Key。/);
  const without = await home.run(["doctor"]);
  expect(without.out).toMatch(/Inkpress \(inkpress\): not set up\n {2}INKPRESS_KEY +needed +API key of the account\./);
});

test("a half-configured plugin names the missing variable, a wrong value names the wrong one", async () => {
  verifies("built.plugins");
  const missing = await home.run(["jobs"], { INKPRESS_URL: vendor.url });
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.error).toContain("INKPRESS_KEY is missing (API key of the account). Inkpress is only half configured");
  const chinese = await home.run(["jobs", "--locale", "zh-CN"], { INKPRESS_URL: vendor.url });
  expect(chinese.error).toContain("缺少 INKPRESS_KEY（账号的 API Key）。墨印工坊只配置了一部分");
  const wrong = await home.run(["jobs"], { ...settings, INKPRESS_CONCURRENT: "99" });
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.error).toContain("INKPRESS_CONCURRENT (Posters pressed at the same time, 1 to 10) cannot be used");
});

test("its codes are explained, decide about retries, and appear in failures with the vendor's words but no key", async () => {
  verifies("built.plugins", "understood.failure", "safe.no-secrets");
  const explained = await home.run(["explain", "NoInk", "--json"]);
  expect((JSON.parse(explained.out) as { matches: CatalogEntry[] }).matches[0]).toMatchObject({
    ...{ provider: "inkpress", code: "NoInk", actor: "operator", charged: "no", source: "plugin" },
    remedy: { en: "Buy ink at Inkpress.", "zh-CN": "请到墨印工坊购买墨水。" },
  });
  const listed = await home.run(["explain", "--all", "--provider", "inkpress"]);
  expect(listed.out).toContain("inkpress PressBusy (api): All presses are busy.");

  const failed = await home.run(["run", "poster", "NoInk today", "--json"], settings);
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.out).toContain("The Inkpress account has no ink left.");
  expect(JSON.parse(failed.out)).toMatchObject({
    job: {
      error: {
        code: "NoInk",
        remedy: "Buy ink at Inkpress.",
        vendorMessage: "the account of [redacted] has no ink left",
        charged: "no",
      },
    },
  });
  expect(keysIn(failed)).toBe(false);
  const retried = await home.run(["run", "poster", "busy at first", "--json"], settings);
  expect(JSON.parse(retried.out)).toMatchObject({ job: { state: "succeeded" } });
  expect(vendor.begun.filter((headline) => headline === "busy at first")).toHaveLength(1);
});

test("its limits hold across processes", async () => {
  verifies("built.plugins");
  const before = vendor.begun.length;
  const narrow = { ...settings, INKPRESS_CONCURRENT: "1" };
  const runs = await Promise.all(
    ["one", "two", "three"].map((headline) => home.run(["run", "poster", headline, "--json"], narrow)),
  );
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(vendor.begun).toHaveLength(before + 3);
  expect(vendor.mostAtOnce()).toBe(1);
});

test("its hosts and no others are trusted", async () => {
  verifies("built.plugins", "safe.private-networks");
  const stranger = await startInkpress("another-key");
  try {
    vendor.filesAt(stranger.url);
    const asked = await home.run(["run", "poster", "From elsewhere", "--no-wait", "--json"], settings);
    const { id } = JSON.parse(asked.out).job;
    const look = async () => JSON.parse((await home.run(["job", id, "--json"], settings)).out).job;
    const patience = new AbortController();
    const waiting = home.run(["job", id, "--wait"], settings, patience.signal);
    await expect.poll(look, { timeout: 60_000 }).toMatchObject({ state: "running" });
    await expect.poll(async () => JSON.stringify(await look()), { timeout: 60_000 }).toContain("check-missed");
    patience.abort();
    expect((await waiting).code).toBe(130);

    const { host } = new URL(stranger.url);
    const trusting = await home.run(["job", id, "--wait", "--json"], { ...settings, TRUSTED_HOSTS: host });
    expect(JSON.parse(trusting.out).job.state).toBe("succeeded");
    expect(vendor.begun.filter((headline) => headline === "From elsewhere")).toHaveLength(1);
  } finally {
    vendor.filesAt(vendor.url);
    await stranger.close();
  }
});

test("a plugin that throws, is missing or is invalid is reported in one sentence in either language, with exit code 2", async () => {
  verifies("built.plugin-faults");
  const broken = createPluginHome();
  const both = async (source: string) => {
    broken.write("toolcast.config.ts", source);
    const [english, chinese] = await Promise.all(
      ["en", "zh-CN"].map((locale) => broken.run(["tools", "--locale", locale])),
    );
    expect([english?.code, chinese?.code]).toEqual([2, 2]);
    expect(english?.out + chinese!.out).toBe("");
    return { en: english!.error, "zh-CN": chinese!.error };
  };
  const file = join(broken.directory, "toolcast.config.ts");
  try {
    expect(await both("throw new Error('no luck today');")).toEqual({
      en: `${file} does not load: Error: no luck today. Correct the file or remove it.\n`,
      "zh-CN": `${file} 无法加载：Error: no luck today。请改正或删除该文件。\n`,
    });
    expect((await both('import "toolcast-nowhere";')).en).toContain("Cannot find package 'toolcast-nowhere'");
    const wrong = await both('export default { tools: [{ name: "make_tea", effect: "reads", command: "Tea" }] };');
    expect(wrong.en).toContain("tools.0.command (make_tea) is wrong: must be a name of lower-case letters");
    expect(wrong["zh-CN"]).toContain("tools.0.command (make_tea) 有误：须为由小写字母");
  } finally {
    broken.remove();
  }
});

test("a plugin that fails after its setup is named, and its keys are not shown", async () => {
  verifies("built.plugin-faults", "safe.no-secrets");
  const faulty = createPluginHome();
  try {
    faulty.write(
      "toolcast.config.ts",
      `import { defineProvider } from "@toolcast/core/provider";
       import { defineConfiguration } from "toolcast";
       const title = { en: "Tea", "zh-CN": "茶" };
       const tea = defineProvider({
         id: "tea", title, settings: [{ variable: "TEA_KEY", summary: title, secret: true }],
         hosts: () => ["tea.example"], onLoopback: () => false, limits: () => ({ concurrent: 1, startsPerSecond: 1 }),
         create({ TEA_KEY }) { throw new TypeError("what is " + TEA_KEY); },
       });
       export default defineConfiguration({ providers: [tea] });`,
    );
    const environment = { TEA_KEY: key, TOOLCAST_DATA_DIR: join(faulty.directory, "data") };
    for (const [locale, words] of [
      ["en", "The provider tea that toolcast.config adds does not work: create threw TypeError: what is [redacted]."],
      ["zh-CN", "toolcast.config 添加的服务商 tea 无法使用：create 抛出 TypeError: what is [redacted]。"],
    ] as const) {
      for (const command of [["jobs"], ["start", "--no-supervisor"]]) {
        const ended = await faulty.run([...command, "--locale", locale], environment);
        expect(ended).toMatchObject({ code: 2 });
        expect(ended.error).toContain(words);
      }
    }
  } finally {
    faulty.remove();
  }
});

test("the guide's ten lines, in a folder with nothing installed, make a paid tool", async () => {
  verifies("built.plugins", "built.tool-is-one-file");
  const plain = createPluginHome();
  try {
    plain.write("toolcast.config.ts", /```ts\n([\s\S]+?)```/.exec(read("docs/plugins.md"))![1]!);
    const environment = { SANDBOX_SPEED: "50" };
    const ran = await plain.run(["run", "postcard", "Lisbon", "--out", "made/", "--json"], environment);
    expect(ran).toMatchObject({ code: 0 });
    expect(JSON.parse(ran.out).job).toMatchObject({ state: "succeeded", tool: "make_postcard" });
    const help = await plain.run(["run", "postcard", "--help", "--locale", "zh-CN"]);
    expect(help.out).toContain("--place");
  } finally {
    plain.remove();
  }
});
