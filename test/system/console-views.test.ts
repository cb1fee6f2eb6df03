import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { samples } from "@toolcast/sandbox";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { isTooWide, openConsole, openView, seriousProblems, widths } from "../console-page.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";
import { verifies } from "../verifies.ts";

const shots = join(tmpdir(), "toolcast-console-shots");
const looks = [
  ["wide", { ...widths.wide, locale: "zh-CN" }],
  ["phone", widths.phone],
] as const satisfies [string, BrowserContextOptions][];

describe.skipIf(mustSkipWithoutChromium())("the views over the conversation", () => {
  let running: RunningConsole;
  let browser: Browser;
  let conversations = 0;

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    [running, browser] = await Promise.all([
      startConsole({ sandboxSpeed: 8 }),
      // A microphone that hums, and no permission prompt.
      launchChromium(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]),
    ]);
    await say("/image 日照金山 --size 512x512");
    await say("/image fate unknown [[drop-after-accept]]");
    await vi.waitFor(
      async () => expect((await overview()).phases.map(({ count }) => count)).toEqual([0, 0, 0, 0, 1, 1, 0, 0]),
      { timeout: 60_000, interval: 100 },
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

  /** Opens a page on an empty conversation. */
  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    conversations += 1;
    const page = await openConsole(browser, `${running.url}/#view${conversations}`, options);
    await page.locator(".welcome").waitFor();
    return page;
  }

  /** In light and in dark; faults other than colours are the same in both. */
  async function look(page: Page, name: string, appearance: string): Promise<void> {
    const shot = (scheme: string) => join(shots, `view-${name}-${appearance}-${scheme}.png`);
    await page.screenshot({ path: shot("light") });
    expect(await isTooWide(page), name).toBe(false);
    expect(await seriousProblems(page), name).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.screenshot({ path: shot("dark") });
    expect(await seriousProblems(page, ["color-contrast"]), `${name}, dark`).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
  }

  test.each(looks)("no view has serious accessibility faults, %s", async (appearance, options) => {
    verifies("console.accessible");
    const page = await open(options);
    await page.locator(".composer textarea").fill("/");
    await look(page, "welcome", appearance);
    await page.locator(".composer textarea").fill("");
    await page.locator(".tools button").filter({ hasText: "/avatar" }).click();
    await page.locator(".tool-form").waitFor();
    await look(page, "form", appearance);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator(".conversation-choice").click();
    await page.locator(".conversation-open").first().waitFor();
    await look(page, "conversations", appearance);
    await page.locator(".conversation-open").first().click();
    await page.locator(".collapsed-line").first().waitFor();
    await look(page, "conversation", appearance);
    await page.locator(".collapsed-line").first().click();
    await page.locator(".timeline").waitFor();
    await look(page, "timeline", appearance);
    await page.keyboard.press("Escape");
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
      await look(page, name, appearance);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    if (await page.locator(".jobs-toggle").isVisible()) {
      await page.locator(".jobs-toggle").click();
      await look(page, "jobs", appearance);
    }
  });

  test.each([390, 320])("nothing in a card of the gallery lies outside of it, %i pixels wide", async (width) => {
    verifies("console.media-by-id");
    const page = await open({ ...widths.phone, viewport: { width, height: 844 } });
    for (const file of [samples.voice, samples.video]) {
      await page.locator(".composer input[type=file]").first().setInputFiles(file);
    }
    await openView(page, /My media/);
    await page.locator(".gallery-card audio").first().waitFor();
    await page.locator(".gallery-card video").first().waitFor();
    const outside = await page.locator(".gallery-card").evaluateAll((cards) =>
      cards.flatMap((card) => {
        const { left, right } = card.getBoundingClientRect();
        return [...card.querySelectorAll("button, a, audio, video, img, p")]
          .filter((part) => part.getBoundingClientRect().left < left || part.getBoundingClientRect().right > right)
          .map((part) => part.outerHTML);
      }),
    );
    expect(outside).toEqual([]);
  });

  test.each([390, 320])("no line of the commands ends within a Chinese word, %i pixels wide", async (width) => {
    verifies("understood.both-languages");
    const page = await open({ ...widths.phone, viewport: { width, height: 844 }, locale: "zh-CN" });
    const words = page.locator(".tools .whole");
    expect(await words.count()).toBeGreaterThan(50);
    const broken = await words.evaluateAll((all) =>
      all.filter((word) => word.getClientRects().length > 1).map((word) => word.textContent),
    );
    expect(broken).toEqual([]);
  });

  test("somebody without voices is shown how to make one", async () => {
    verifies("console.sharing");
    const page = await open();
    await openView(page, /My voices/);
    await page.getByText("No voices of your own yet.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Clone a voice" }).click();
    await page.locator(".tool-form #field-audio").waitFor();
  });

  test("a picture from the gallery opens the form of a tool that takes pictures, already filled in", async () => {
    const page = await open();
    await openView(page, /My media/);
    const card = page
      .locator(".gallery-card")
      .filter({ has: page.locator("img") })
      .first();
    await card.getByRole("button", { name: /^Use in/ }).click();
    await card.locator(".gallery-places button").first().click();
    await page.locator(".tool-form .preview img").waitFor();
    await page
      .locator(".tool-form .preview")
      .getByRole("button", { name: /^Remove/ })
      .click();
    await page.locator(".tool-form").getByRole("button", { name: "My media" }).first().click();
    await page.locator(".picker button").first().click();
    await page.locator(".tool-form .preview img").waitFor();
    expect(await page.locator(".tool-form .preview").getAttribute("data-asset")).toMatch(/^asset_/);
  });

  test("an operator sees waiting decisions with their evidence and decides, and the page is updated", async () => {
    const page = await open();
    await openView(page, /Operations/);
    const waiting = page.locator(".waiting article");
    await waiting.waitFor();
    expect(await waiting.innerText()).toMatch(/fate unknown/);
    expect(await page.locator(".spend tbody").innerText()).toMatch(/iFlytek Spark\s+you\s+6 points/);
    await waiting.getByRole("button", { name: /Leave it/ }).click();
    await waiting.waitFor({ state: "detached", timeout: 60_000 });
    await page.getByText("Nothing is waiting for a decision.").waitFor();
    // An error is shown once, not at every refresh, and the last known state stays.
    const error = { tone: "error", title: "Overview out of order.", private: true };
    await page.route("**/api/overview", (route) => route.fulfill({ status: 500, json: { error } }));
    await page.getByText(error.title).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText(error.title).waitFor({ state: "detached" });
    await (await page.waitForResponse(/api.overview/)).finished();
    await (await page.waitForResponse(/api.overview/)).finished();
    expect(await page.getByText(error.title).count()).toBe(0);
    expect(await page.getByText("Nothing is waiting for a decision.").isVisible()).toBe(true);
  });

  test("a voice recorded in the page becomes a WAV file that a tool accepts", async () => {
    const page = await open();
    await page.getByRole("button", { name: /^\/clone/ }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "Record" }).click();
    await expect.poll(() => form.getByRole("timer").innerText(), { timeout: 30_000 }).toMatch(/0:0[2-9]/);
    expect(await seriousProblems(page)).toEqual([]);
    await form.getByRole("button", { name: "Stop" }).click();
    await form.locator(".recorder audio").waitFor();
    await form.getByRole("button", { name: "Use it" }).click();
    await form.locator(".preview audio").waitFor();
    const id = await form.locator(".preview").getAttribute("data-asset");
    const facts = await (await fetch(`${running.url}/api/media/${id}/facts`)).json();
    expect(facts).toMatchObject({ kind: "audio", type: "audio/wav" });
    const { durationMs, bytes } = facts as { durationMs: number; bytes: number };
    expect(durationMs).toBeGreaterThan(1_500);
    // 24 samples of two bytes per millisecond, to which the length is rounded.
    expect(Math.abs(bytes - 44 - 48 * durationMs)).toBeLessThanOrEqual(48);
  });

  test("a refused microphone is explained", async () => {
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

  test("what belongs to one conversation does not appear in another, however late it arrives", async () => {
    const page = await openConsole(browser, `${running.url}/#main`);
    await page.locator(".entry").first().waitFor();
    let letThrough = () => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    await page.route("**/api/conversations/main/entries*", async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest(/conversations.main.entries/);
    await page.getByRole("button", { name: "中文" }).click();
    await asked;
    await page.getByRole("button", { name: "新会话" }).last().click();
    await page.locator(".welcome").waitFor();
    const late = page.waitForResponse(/conversations.main.entries/);
    letThrough();
    await (await late).finished();
    // Gives the page one more turn after it has read the answer.
    await page.evaluate("fetch('/api/state').then((answer) => answer.text()).then(() => undefined)");
    expect(await page.locator(".entry").count()).toBe(0);
    expect(await page.locator(".welcome").isVisible()).toBe(true);
  });

  test("choosing something found leads to it, in its own conversation", async () => {
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

  test("a file uploaded by a one-time link on another device appears in the open form", async () => {
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
