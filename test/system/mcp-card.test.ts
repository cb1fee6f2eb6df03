import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  getToolUiResourceUri,
  isToolVisibilityAppOnly,
  type McpUiHostContext,
} from "@modelcontextprotocol/ext-apps/app-bridge";
import type { Job, Runtime } from "@toolcast/core";
import { builtCard, createMcp } from "@toolcast/mcp";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { bundled } from "../bundled.ts";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { type CardHostOptions, fullCapabilities, showCard } from "../doubles/card-host.ts";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import { type ClientOptions, connectPipe } from "../mcp-client.ts";
import { startMcp } from "../mcp-server.ts";
import { ada, createInstallation, type Installation, startJob, upload } from "../runtime-fixture.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { verifies } from "../verifies.ts";

const shots = join(tmpdir(), "toolcast-card-shots");
const mediaOrigin = "https://toolcast.example";
const jobStateTool = "job_state";
/** Whoever uses a server on this machine. */
const agent = { ...ada, id: "mcp:local" };
/** What a client declares that shows cards. */
const showsCards: ClientOptions = {
  capabilities: { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: ["text/html;profile=mcp-app"] } } },
};

/** Repeats the check until it passes; the time limit only guards against hanging on a busy machine. */
function see(look: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(look, { timeout: 30_000, interval: 50 });
}

describe.skipIf(mustSkipWithoutChromium())("the card in a host", () => {
  let browser: Browser;
  let html: string;

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    await bundled("@toolcast/mcp", "adapters/mcp/dist/card/card.html");
    [browser, html] = await Promise.all([launchChromium(), builtCard()!()]);
  });
  afterAll(() => browser?.close());

  /** A browser page whose errors fail the test; media come from the installation's public listener. */
  async function openPage(runtime: Runtime, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 640, height: 720 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.route(`${mediaOrigin}/**`, async (route) => {
      const asked = new Request(route.request().url(), { headers: route.request().headers() });
      const answer = await runtime.handlePublic(asked);
      await route.fulfill({
        status: answer?.status ?? 404,
        headers: Object.fromEntries(answer?.headers ?? []),
        body: Buffer.from((await answer?.arrayBuffer()) ?? new ArrayBuffer(0)),
      });
    });
    onTestFinished(async () => {
      await context.close();
      expect(complaints).toEqual([]);
    });
    return page;
  }

  /** An installation with one job, and a host that passes the card's calls to its server. */
  async function open(
    order: (installation: Installation, process: Awaited<ReturnType<Installation["open"]>>) => Promise<Job>,
    options: Partial<CardHostOptions> & { look?: BrowserContextOptions; process?: object } = {},
  ) {
    const installation = await createInstallation();
    onTestFinished(() => installation[Symbol.asyncDispose]());
    const process = await installation.open(options.process);
    const { runtime } = process;
    const mcp = createMcp({
      ...{ runtime, clock: installation.clock, random: createSeededRandom(3) },
      ...{ card: builtCard(), mediaOrigins: () => [mediaOrigin] },
    });
    onTestFinished(() => mcp.close());
    const client = await connectPipe(mcp, "legacy", showsCards);
    onTestFinished(() => client.close());
    const page = await openPage(runtime, options.look);
    const job = await order(installation, process);
    const asked: string[] = [];
    const updates: unknown[] = [];
    const pressed: unknown[] = [];
    const silence = { now: false };
    const host = await showCard({ page, html, resourceDomains: [mediaOrigin], ...options }, (bridge) => {
      bridge.oncalltool = async (call) => {
        asked.push(call.name);
        if (silence.now) {
          throw new Error("gone");
        }
        return client.callTool(call);
      };
      bridge.onreadresource = ({ uri }) => client.readResource({ uri });
      bridge.onupdatemodelcontext = async (update) => {
        updates.push(update);
        return {};
      };
      bridge.onopenlink = async (link) => {
        pressed.push(link);
        return {};
      };
      bridge.ondownloadfile = async (file) => {
        pressed.push(file);
        return {};
      };
    });
    const handle = { content: [{ type: "text" as const, text: `Accepted. Job: ${job.id}` }] };
    return {
      ...host,
      installation,
      job,
      asked,
      updates,
      pressed,
      silence,
      tell: () => host.bridge.sendToolResult(handle),
    };
  }

  const video = async (_: Installation, process: Awaited<ReturnType<Installation["open"]>>) =>
    startJob(
      process,
      "create_avatar_video",
      {
        video: (await upload(process, "avc.mp4", agent.id)).id,
        audio: (await upload(process, "tone.wav", agent.id)).id,
      },
      { caller: agent },
    );
  const image = (_: Installation, process: Awaited<ReturnType<Installation["open"]>>) =>
    startJob(process, "generate_image", { prompt: "<img src=x onerror=alert(1)> a lake", count: 2 }, { caller: agent });

  async function isAccessible(page: Page): Promise<void> {
    const frame = page.frames()[1]!;
    await frame.evaluate(axe.source);
    const found = await frame.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({
        rules: { "meta-viewport": { enabled: false } },
      });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html: shown }) => shown).join(" ")}`);
    });
    expect(found).toEqual([]);
  }

  /** A number that the browser reports about an element. */
  const property = (locator: Locator, name: string): Promise<number> =>
    locator.evaluate((element, wanted) => (element as unknown as Record<string, number>)[wanted]!, name);

  const looks: [string, BrowserContextOptions, McpUiHostContext][] = [
    ["light", { colorScheme: "light" }, { theme: "light", locale: "en-GB" }],
    ["dark", { colorScheme: "dark" }, { theme: "dark", locale: "zh-CN" }],
  ];
  for (const [look, options, context] of looks) {
    test(`shows progress, then the video, then rests (${look})`, async () => {
      verifies("mcp.card");
      const opened = await open(video, { look: options, context });
      const { card, page, installation, job, asked, updates } = opened;
      await page.clock.install();
      await opened.tell();
      await installation.until(() => installation.job(job.id).state.phase === "running");
      await page.clock.fastForward(2_100);
      await see(async () => expect(await card.locator("main").getAttribute("data-phase")).toBe("running"));
      expect(await card.locator("progress").isVisible()).toBe(true);
      expect(await card.locator("h1").textContent()).toMatch(
        look === "dark" ? /[\u4e00-\u9fff]/ : /at work|[Rr]unning|Scripted/,
      );
      expect(await card.locator("html").getAttribute("lang")).toBe(look === "dark" ? "zh-CN" : "en");
      await isAccessible(page);
      await page.screenshot({ path: join(shots, `running-${look}.png`) });

      await installation.until(() => installation.job(job.id).state.phase === "succeeded");
      await page.clock.fastForward(2_100);
      const player = card.locator("video");
      await player.waitFor();
      await see(async () => expect(await property(player, "readyState")).toBeGreaterThan(0));
      expect(await player.getAttribute("src")).toMatch(/^https:\/\/toolcast\.example\/links\//);
      expect(await card.locator("progress").isVisible()).toBe(false);
      await isAccessible(page);
      await page.screenshot({ path: join(shots, `video-${look}.png`) });

      await see(() => expect(updates).toHaveLength(1));
      expect(JSON.stringify(updates)).toContain(job.id);
      const questions = asked.length;
      expect(new Set(asked)).toEqual(new Set([jobStateTool]));
      await page.clock.fastForward(120_000);
      expect(asked).toHaveLength(questions);
      expect(updates).toHaveLength(1);
    });
  }

  test("shows pictures with their alternative texts; what people wrote remains text; buttons ask the host", async () => {
    verifies("mcp.card", "safe.inert-text");
    const opened = await open(image, { context: { theme: "light", locale: "en" } });
    const { card, page, installation, job, pressed } = opened;
    await installation.until(() => installation.job(job.id).state.phase === "succeeded");
    await opened.tell();
    const pictures = card.locator("figure img");
    await see(async () => expect(await pictures.count()).toBe(2));
    await see(async () => expect(await property(pictures.first(), "naturalWidth")).toBeGreaterThan(0));
    expect(await pictures.first().getAttribute("alt")).toContain("<img src=x onerror=alert(1)>");
    expect(await card.locator("h1").textContent()).toContain("<img src=x onerror=alert(1)>");
    await isAccessible(page);
    await page.screenshot({ path: join(shots, "pictures-light.png") });
    await card.getByRole("button", { name: /^Open/ }).first().click();
    await card
      .getByRole("button", { name: /^Download/ })
      .first()
      .focus();
    await page.keyboard.press("Enter");
    await see(() => expect(pressed).toHaveLength(2));
    const url = await pictures.first().getAttribute("src");
    expect(pressed[0]).toEqual({ url });
    expect(pressed[1]).toMatchObject({ contents: [{ type: "resource_link", uri: url, mimeType: "image/png" }] });
  });

  test("a host that blocks all addresses gets the bytes of small files; one that offers nothing shows words", async () => {
    verifies("mcp.card");
    for (const capabilities of [fullCapabilities, { serverTools: {} }]) {
      const opened = await open(image, { resourceDomains: [], capabilities });
      // The page is expected to report the blocked address.
      opened.page.removeAllListeners("console");
      await opened.installation.until(() => opened.installation.job(opened.job.id).state.phase === "succeeded");
      await opened.tell();
      if (capabilities === fullCapabilities) {
        const picture = opened.card.locator("figure img").first();
        await see(async () => expect(await picture.getAttribute("src")).toMatch(/^data:image\/png;base64,/));
        await see(async () => expect(await property(picture, "naturalWidth")).toBeGreaterThan(0));
      } else {
        await opened.card.locator(".withheld").first().waitFor();
        expect(await opened.card.locator("button").count()).toBe(0);
        expect(opened.updates).toEqual([]);
      }
    }
  });

  test("a failed job is explained: what the vendor said, whether it was charged, what to do", async () => {
    verifies("mcp.card");
    const failure = vendorFailure({ vendorCode: "10013", vendorMessage: "<b>audit</b> refused", charged: "yes" });
    const opened = await open(
      async (installation, process) => {
        installation.provider.nextStart("image", { end: "refused", failure });
        return startJob(process, "generate_image", { prompt: "a lake" }, { caller: agent });
      },
      { context: { theme: "dark", locale: "en" }, look: { colorScheme: "dark" } },
    );
    const { card, page, installation, job } = opened;
    await installation.until(() => installation.job(job.id).state.phase === "failed");
    await opened.tell();
    await see(async () => expect(await card.locator("main").getAttribute("data-tone")).toBe("error"));
    const words = await card.locator("main").innerText();
    for (const part of ["10013", "<b>audit</b> refused", "charged"]) {
      expect(words).toContain(part);
    }
    await isAccessible(page);
    await page.screenshot({ path: join(shots, "failed-dark.png") });
  });

  test("a server that does not answer is asked again, and meanwhile the card says so", async () => {
    verifies("mcp.card");
    const opened = await open(image, { context: { locale: "en" } });
    const { card, page, installation, job, silence } = opened;
    await installation.until(() => installation.job(job.id).state.phase === "succeeded");
    await page.clock.install();
    silence.now = true;
    await opened.tell();
    await card.getByText("No answer just now; trying again.").waitFor();
    silence.now = false;
    await page.clock.fastForward(5_000);
    await card.locator("figure img").first().waitFor();
    expect(await card.getByText("No answer just now").isVisible()).toBe(false);
  });

  test("a refusal, which has no job, is shown in its own words", async () => {
    verifies("mcp.card");
    const opened = await open(image, {});
    const text = "Seed needs one picture only.\nCharged: no";
    await opened.bridge.sendToolResult({ content: [{ type: "text", text }], isError: true });
    await see(async () => expect(await opened.card.locator("h1").textContent()).toBe("Seed needs one picture only."));
    expect(await opened.card.locator("main").innerText()).toContain("Charged: no");
    expect(opened.asked).toEqual([]);
  });

  test("works with the server itself: an agent's call, its card, the picture", async () => {
    verifies("mcp.card");
    const running = await startMcp({ card: builtCard(), mediaOrigins: () => [mediaOrigin] });
    onTestFinished(() => running[Symbol.asyncDispose]());
    const client = await connectPipe(running.mcp, "legacy", showsCards);
    const { tools } = await client.listTools();
    const tool = tools.find(({ name }) => name === "generate_image")!;
    expect(isToolVisibilityAppOnly(tools.find(({ name }) => name === jobStateTool)!)).toBe(true);
    const uri = getToolUiResourceUri(tool)!;
    const { contents } = await client.readResource({ uri });
    const { text, _meta } = contents[0] as unknown as {
      text: string;
      _meta: { ui: { csp: { resourceDomains: string[] } } };
    };
    const page = await openPage(running.runtime);
    const { resourceDomains } = _meta.ui.csp;
    const { bridge, card } = await showCard({ page, html: text, client, resourceDomains });
    const order = { name: tool.name, arguments: { prompt: "a lake", wait_seconds: 0 } };
    await bridge.sendToolResult(await client.callTool(order));
    const picture = card.locator("figure img");
    await picture.waitFor();
    await see(async () => expect(await property(picture, "naturalWidth")).toBeGreaterThan(0));
    expect(await card.locator("main").getAttribute("data-phase")).toBe("succeeded");
    const plain = await connectPipe(running.mcp, "legacy");
    expect((await plain.listTools()).tools.map(({ name }) => name)).not.toContain(jobStateTool);
    await Promise.all([client.close(), plain.close()]);
  });
});
