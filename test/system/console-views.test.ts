import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { samples } from "@toolcast/sandbox";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";

const shots = join(tmpdir(), "toolcast-console-shots");
const looks: [string, BrowserContextOptions][] = [
  ["light", {}],
  ["dark", { colorScheme: "dark", locale: "zh-CN" }],
  ["narrow", { viewport: { width: 380, height: 780 } }],
];

describe.skipIf(mustSkipWithoutChromium())("what lies over the conversation", () => {
  let running: RunningConsole;
  let browser: Browser;
  let conversations = 0;

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    [running, browser] = await Promise.all([
      startConsole({ sandboxSpeed: 8 }),
      // A microphone that hums, and nobody to ask whether it may.
      launchChromium(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]),
    ]);
    await say("/image 日照金山 --size 512x512");
    await say("/image fate unknown [[drop-after-accept]]");
    await vi.waitFor(
      async () => expect((await overview()).phases.map(({ count }) => count)).toEqual([0, 0, 0, 0, 1, 1, 0, 0]),
      { timeout: 20_000, interval: 100 },
    );
  });

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
  });

  const say = (text: string) =>
    fetch(`${running.url}/api/conversations/main/messages`, { method: "POST", body: JSON.stringify({ text }) });

  async function overview() {
    const answer = await fetch(`${running.url}/api/overview`);
    return (await answer.json()) as { phases: { phase: string; count: number }[] };
  }

  /** A page on an empty conversation. What it complains about fails the test. */
  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !/Failed to load resource/.test(message.text())) {
        complaints.push(message.text());
      }
    });
    onTestFinished(async () => {
      await context.close();
      expect(complaints).toEqual([]);
    });
    conversations += 1;
    await page.goto(`${running.url}/#view${conversations}`);
    await page.locator(".welcome").waitFor();
    return page;
  }

  async function openView(page: Page, name: RegExp): Promise<void> {
    if (await page.locator(".header .views").isHidden()) {
      await page.locator(".jobs-toggle").click();
    }
    const button = page.locator(".views button:visible").filter({ hasText: name });
    // By keyboard: the dialogue takes the focus and gives it back.
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
  }

  async function seriousProblems(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const result = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    return result.violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  }

  const isWide = (page: Page) =>
    page.evaluate(() => {
      const { document } = globalThis as unknown as {
        document: { documentElement: { scrollWidth: number; clientWidth: number } };
      };
      return document.documentElement.scrollWidth > document.documentElement.clientWidth;
    });

  test.each(looks)("nothing shuts people out in the views, %s", async (look, options) => {
    const page = await open(options);
    for (const [name, button, ready] of [
      ["gallery", /My media|我的媒体/, ".gallery-card"],
      ["operators", /Operations|运维/, ".spend"],
      ["search", /Search|搜索/, ".search input:focus"],
    ] as const) {
      await openView(page, button);
      await page.locator(ready).first().waitFor();
      if (name === "search") {
        await page.keyboard.type("金山");
        await page.locator(".results button").first().waitFor();
      }
      if (name === "gallery") {
        await page.getByRole("button", { name: /From another device|从其他设备上传/ }).click();
        await page.locator(".upload-link code").waitFor();
      }
      await page.screenshot({ path: join(shots, `view-${name}-${look}.png`) });
      expect(await seriousProblems(page), name).toEqual([]);
      expect(await isWide(page), name).toBe(false);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  });

  test("a picture from the gallery opens the form of a tool that takes pictures, filled with it", async () => {
    const page = await open();
    await openView(page, /My media/);
    const card = page
      .locator(".gallery-card")
      .filter({ has: page.locator("img") })
      .first();
    await card.getByRole("button", { name: /^Use in/ }).click();
    await card.locator(".gallery-places button").first().click();
    await page.locator(".tool-form .preview img").waitFor();
    await page.locator(".tool-form .preview button").click();
    await page.locator(".tool-form").getByRole("button", { name: "My media" }).first().click();
    await page.locator(".picker button").first().click();
    await page.locator(".tool-form .preview img").waitFor();
    expect(await page.locator(".tool-form .media-id").first().inputValue()).toMatch(/^asset_/);
  });

  test("an operator sees what waits with its evidence, decides, and the page follows", async () => {
    const page = await open();
    await openView(page, /Operations/);
    const waiting = page.locator(".waiting article");
    await waiting.waitFor();
    expect(await waiting.innerText()).toMatch(/fate unknown/);
    expect(await page.locator(".spend tbody").innerText()).toMatch(/iFlytek Spark\s+you\s+6 points/);
    await waiting.getByRole("button", { name: /Leave it/ }).click();
    await waiting.waitFor({ state: "detached", timeout: 10_000 });
    await page.getByText("Nothing waits for a decision.").waitFor();
  });

  test("a voice recorded in the page becomes a WAV file that a tool takes", async () => {
    const page = await open();
    await page.getByRole("button", { name: /^\/clone/ }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "Record" }).click();
    await expect.poll(() => form.getByRole("timer").innerText(), { timeout: 10_000 }).toMatch(/0:02/);
    expect(await seriousProblems(page)).toEqual([]);
    await form.getByRole("button", { name: "Stop" }).click();
    await form.locator(".recorder audio").waitFor();
    await form.getByRole("button", { name: "Use it" }).click();
    await form.locator(".preview audio").waitFor();
    const id = await form.locator(".media-id").first().inputValue();
    const facts = await (await fetch(`${running.url}/api/media/${id}/facts`)).json();
    expect(facts).toMatchObject({ kind: "audio", type: "audio/wav" });
    const { durationMs, bytes } = facts as { durationMs: number; bytes: number };
    expect(durationMs).toBeGreaterThan(1_500);
    // 16 samples of two bytes a millisecond, to which the length is rounded.
    expect(Math.abs(bytes - 44 - 32 * durationMs)).toBeLessThanOrEqual(32);
  });

  test("a microphone that is refused is explained", async () => {
    const page = await open();
    await page.evaluate(() => {
      const { navigator } = globalThis as unknown as { navigator: { mediaDevices: { getUserMedia: unknown } } };
      navigator.mediaDevices.getUserMedia = async () => {
        throw Object.assign(new Error("refused"), { name: "NotAllowedError" });
      };
    });
    await page.getByRole("button", { name: /^\/clone/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Record" }).click();
    await page.getByText(/did not allow the microphone/).waitFor();
  });

  test("what was found is gone to, in its own conversation", async () => {
    const page = await open();
    await openView(page, /Search/);
    await page.locator(".search input:focus").waitFor();
    await page.keyboard.type("日照");
    await page.locator(".results mark").first().waitFor();
    expect(await page.locator(".results mark").first().innerText()).toBe("日照");
    await page.keyboard.press("Enter");
    const found = page.locator("[data-sought=true]");
    await found.waitFor();
    expect(page.url()).toMatch(/#main$/);
    expect(await found.innerText()).toContain("日照金山");
    await expect.poll(() => found.evaluate((element) => element.matches(":focus"))).toBe(true);
  });

  test("a file uploaded by a one-time link on another device arrives in the open form", async () => {
    const page = await open();
    await page.getByRole("button", { name: /^\/avatar/ }).click();
    const form = page.getByRole("dialog");
    await form
      .getByRole("button", { name: /From another device/ })
      .first()
      .click();
    const link = await form.locator(".upload-link code").innerText();
    const other = await browser.newContext({ locale: "zh-CN", viewport: { width: 380, height: 780 } });
    onTestFinished(() => other.close());
    const phone = await other.newPage();
    await phone.goto(link);
    await phone.getByRole("button", { name: "选择文件" }).waitFor();
    expect(await seriousProblems(phone)).toEqual([]);
    await phone.screenshot({ path: join(shots, "upload-link-phone.png") });
    await phone.locator("input[type=file]").setInputFiles(samples.video);
    await phone.getByText("已上传完成").waitFor();
    await form.locator(".preview video").waitFor();
    await phone.reload();
    await phone.getByText("此链接已使用过").waitFor();
  });
});
