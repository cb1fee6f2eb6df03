import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { isTooWide, openConsole, property, seriousProblems, widths } from "../console-page.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";
import { verifies } from "../verifies.ts";

const shots = join(tmpdir(), "toolcast-console-shots");
const patience = { timeout: 60_000 };

/** What people come for, from the first word to the result, in a browser against the sandbox vendors. */
describe.skipIf(mustSkipWithoutChromium())("a member", () => {
  let running: RunningConsole;
  let careful: RunningConsole;
  let browser: Browser;
  let conversations = 0;

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    [running, careful, browser] = await Promise.all([
      startConsole({ sandboxSpeed: 12 }),
      startConsole({ sandboxSpeed: 12, environment: { ASK_ABOVE: "40" } }),
      launchChromium(),
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([running?.stop(), careful?.stop()]);
  });

  function open(options: BrowserContextOptions = {}, at = running): Promise<Page> {
    conversations += 1;
    return openConsole(browser, `${at.url}/#story${conversations}`, options);
  }

  async function type(page: Page, text: string): Promise<void> {
    await page.locator(".composer textarea").fill(text);
    await page.keyboard.press("Enter");
  }

  async function openForm(page: Page, command: string): Promise<Locator> {
    await page.locator(".tools button").filter({ hasText: command }).click();
    return page.getByRole("dialog");
  }

  const results = (page: Page) => page.locator("[data-kind=result]");
  const start = (form: Locator) => form.getByRole("button", { name: "Start", exact: true }).click();
  const field = (form: Locator, name: string) => form.locator(".field", { has: form.page().locator(`#field-${name}`) });

  /** How often vendors were paid for a request that contains these words. */
  async function paid(words: string, at = running) {
    return (await at.ledger()).filter(({ text }) => text.includes(words));
  }

  async function lookAt(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: join(shots, `story-${name}.png`) });
    expect(await isTooWide(page), name).toBe(false);
  }

  test.each(["phone", "wide"] as const)(
    "makes three pictures in one call and asks about one of them, %s",
    async (width) => {
      verifies("console.pictures-side-by-side", "console.result-used-again");
      const page = await open(widths[width]);
      await type(page, `/image a ${width} lighthouse --count 3 --provider dashscope`);
      const pictures = results(page).locator("img");
      await pictures.nth(2).waitFor(patience);
      expect(await pictures.count()).toBe(3);
      expect(await paid(`a ${width} lighthouse`)).toMatchObject([{ vendor: "dashscope" }]);
      const tops = await Promise.all([0, 1, 2].map(async (index) => (await pictures.nth(index).boundingBox())!.y));
      expect(new Set(tops).size).toBe(width === "wide" ? 1 : 2);
      await lookAt(page, `pictures-${width}`);

      const second = results(page).locator("figure").nth(1);
      await second.getByRole("button", { name: /^Use in/ }).click();
      await second.getByRole("button", { name: /^Describe a picture/ }).click();
      const form = page.getByRole("dialog");
      await form.locator(".preview img").waitFor();
      await form.locator("#field-question").fill("What time of day is it?");
      await lookAt(page, `describe-${width}`);
      await start(form);
      const first = results(page).nth(1);
      await first
        .getByText(/What time of day is it\?”/)
        .last()
        .waitFor(patience);
      await first.getByRole("button", { name: "Ask more about it" }).click();
      await form.locator(".preview img").waitFor();
      await form.locator("#field-question").fill(`And the weather, ${width}?`);
      await start(form);
      await results(page).nth(2).getByText(`And the weather, ${width}?”`).last().waitFor(patience);
      await lookAt(page, `answers-${width}`);
      expect(await paid(`And the weather, ${width}?`)).toHaveLength(1);
    },
  );

  test("clones a voice after confirming the right to it, and speaks with it, on a phone", async () => {
    verifies("console.decision-in-place");
    const page = await open(widths.phone);
    const form = await openForm(page, "/clone");
    await form.getByRole("button", { name: /sample-voice/ }).click();
    await form.locator(".preview audio").waitFor();
    await form.locator("#field-name").fill("Morning voice");
    await start(form);
    await page.getByRole("button", { name: "I have permission" }).waitFor();
    expect(await paid("Morning voice")).toEqual([]);
    await lookAt(page, "consent-phone");
    await page.getByRole("button", { name: "I have permission" }).click();
    await results(page).getByRole("button", { name: "Speak with it" }).click(patience);
    expect(await form.locator("#field-voice").inputValue()).not.toBe("");
    await form.locator("#field-text").fill("Good morning, everybody.");
    await start(form);
    const sound = results(page).locator("audio");
    await sound.waitFor(patience);
    await expect.poll(() => property(sound, "readyState")).toBeGreaterThanOrEqual(1);
    expect(await property(sound, "duration")).toBeGreaterThan(0.5);
    await lookAt(page, "speech-phone");
  });

  test("makes a picture chosen from the gallery speak, on a phone", async () => {
    verifies("console.media-by-id");
    const page = await open(widths.phone);
    await type(page, "/image a face --size 512x512");
    await results(page).locator("img").waitFor(patience);
    await page.getByRole("button", { name: "New conversation" }).click();
    const form = await openForm(page, "/avatar");
    await field(form, "image").getByRole("button", { name: "My media" }).click();
    await form.locator(".picker button").filter({ hasText: "a face" }).click();
    await field(form, "audio")
      .getByRole("button", { name: /sample-voice/ })
      .click();
    await form.locator("#field-provider").fill("dashscope");
    await lookAt(page, "portrait-form-phone");
    await start(form);
    const video = results(page).locator("video");
    await video.waitFor(patience);
    await expect.poll(() => property(video, "readyState")).toBeGreaterThanOrEqual(1);
    expect(await property(video, "duration")).toBeGreaterThan(4);
    await lookAt(page, "portrait-phone");
  });

  test.each(["phone", "wide"] as const)("changes a picture and lets it move, %s", async (width) => {
    verifies("console.result-used-again", "spending.edits");
    const page = await open(widths[width]);
    await type(page, `/image a ${width} kite --size 512x512`);
    await results(page).locator("img").waitFor(patience);
    const form = page.getByRole("dialog");
    const use = async (nth: number, tool: string) => {
      await results(page)
        .nth(nth)
        .getByRole("button", { name: `Use: ${tool}` })
        .click();
      await form.locator(".preview img").waitFor();
    };

    await use(0, "Generate an image");
    await form.locator("#field-prompt").fill(`make the ${width} kite blue`);
    await lookAt(page, `edit-${width}`);
    await start(form);
    await results(page).nth(1).locator("img").waitFor(patience);
    // Spark made the first one, but cannot change it.
    expect(await paid(`make the ${width} kite blue`)).toMatchObject([{ vendor: "dashscope" }]);

    await use(1, "Generate a video");
    await form.locator("#field-prompt").fill(`the ${width} kite flies away`);
    await form.locator("#field-duration").fill("2");
    await lookAt(page, `video-form-${width}`);
    await start(form);
    const video = results(page).locator("video");
    await video.waitFor(patience);
    await expect.poll(() => property(video, "readyState")).toBeGreaterThanOrEqual(1);
    expect(await property(video, "duration")).toBeCloseTo(2, 0);
    expect(await paid(`the ${width} kite flies away`)).toMatchObject([
      { vendor: "dashscope", counted: { unit: "seconds", quantity: 2 } },
    ]);
    await lookAt(page, `video-${width}`);
  });

  test("gets a picture from another provider when the first one refuses", async () => {
    const page = await open();
    await type(page, "/image fail over [[11200]]");
    await results(page).locator("img").waitFor(patience);
    expect(await paid("fail over")).toMatchObject([{ vendor: "dashscope" }]);
    await results(page).getByRole("button", { name: "Timeline" }).click();
    const story = await page.getByRole("dialog").innerText();
    expect(story).toMatch(/did not start it: .+ Trying Alibaba DashScope instead/);
    await lookAt(page, "failover");
  });

  test("is asked before something expensive begins, and nothing is paid until the answer", async () => {
    const page = await open({ ...widths.phone, locale: "zh-CN", colorScheme: "dark" }, careful);
    await type(page, "/image 四张图 --count 4 --size 1024x1024 --provider spark");
    const agree = page.locator(".entries").getByRole("button", { name: "同意" });
    await agree.waitFor(patience);
    expect(await page.locator("[data-kind=reply]").innerText()).toMatch(/56/);
    await lookAt(page, "price-phone");
    expect(await seriousProblems(page)).toEqual([]);
    expect(await paid("四张图", careful)).toEqual([]);
    await agree.click();
    await results(page).locator("img").nth(3).waitFor(patience);
    expect(await paid("四张图", careful)).toHaveLength(4);
    await lookAt(page, "agreed-phone");
  });

  test("decides about a start whose fate is unknown, with the evidence beside the buttons", async () => {
    verifies("console.decision-in-place");
    const page = await open(widths.phone);
    const form = await openForm(page, "/avatar");
    await field(form, "video")
      .getByRole("button", { name: /sample-face/ })
      .click();
    await field(form, "audio")
      .getByRole("button", { name: /sample-voice/ })
      .click();
    await form.locator("#field-title").fill("[[malformed once]]");
    await start(form);
    const unclear = results(page).first();
    await unclear.getByText("Balance before").waitFor(patience);
    expect(await unclear.innerText()).toMatch(/Balance now[\s\S]*Listed by the vendor since/);
    await lookAt(page, "evidence-phone");
    expect(await seriousProblems(page)).toEqual([]);
    await unclear.getByRole("button", { name: /Start again/ }).click();
    await unclear.getByRole("button", { name: /Start again/ }).waitFor({ state: "detached" });
    await results(page).locator("video").waitFor(patience);
    expect(await paid("[[malformed once]]")).toHaveLength(2);
  });

  test("learns that a result expired before it could be fetched, and nothing is paid for twice", async () => {
    const page = await open();
    await type(page, "/image too late [[expired-url]] --provider dashscope");
    await page.locator("[data-kind=reply]").getByRole("button", { name: "Timeline" }).click();
    await page.getByRole("dialog").waitFor();
    await expect
      .poll(
        async () => {
          await page.keyboard.press("Escape");
          await page.locator("[data-kind=reply]").getByRole("button", { name: "Timeline" }).click();
          return page.getByRole("dialog").innerText();
        },
        { timeout: 60_000, interval: 500 },
      )
      .toMatch(/cannot be fetched from it \(HTTP 403\)/);
    await lookAt(page, "expired");
    expect(await paid("too late")).toHaveLength(1);
  });
});
