import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { openConsole, widths } from "../console-page.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";
import { verifies } from "../verifies.ts";

type Width = keyof typeof widths;
const bothWidths = Object.keys(widths) as Width[];

describe.skipIf(mustSkipWithoutChromium())("the console speaks its reader's language", () => {
  let running: RunningConsole;
  let browser: Browser;
  let conversations = 0;

  beforeAll(async () => {
    [running, browser] = await Promise.all([startConsole({ sandboxSpeed: 20 }), launchChromium()]);
  });

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
  });

  async function open(options: BrowserContextOptions): Promise<Page> {
    conversations += 1;
    const page = await openConsole(browser, `${running.url}/#language${conversations}`, options);
    await page.locator(".welcome").waitFor();
    return page;
  }

  async function type(page: Page, text: string): Promise<void> {
    await page.locator(".composer textarea").fill(text);
    await page.keyboard.press("Enter");
  }

  test.each(bothWidths)("moments are those of the reader's time zone, in the reader's language (%s)", async (width) => {
    verifies("console.readers-zone");
    const prompt = `a moment ${width}`;
    const first = await open(widths[width]);
    await type(first, `/image ${prompt}`);
    await first.locator("[data-kind=result] img").waitFor();
    const { jobs } = (await (await fetch(`${running.url}/api/jobs`)).json()) as {
      jobs: { about: string; createdAt: number }[];
    };
    const { createdAt } = jobs.find(({ about }) => about === prompt)!;
    for (const [tag, language, timeZone] of [
      ["en-GB", "en", "America/New_York"],
      ["zh-CN", "zh-CN", "Asia/Tokyo"],
    ] as const) {
      const page = await open({ ...widths[width], locale: tag, timezoneId: timeZone });
      await type(page, "/jobs");
      const label = page.locator("[data-kind=reply] dt").filter({ hasText: prompt });
      const there = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", timeZone });
      // Chromium and Node write the space before AM and PM differently.
      const plain = (text: string | null) => (text ?? "").replaceAll(/\s/g, " ");
      await expect.poll(async () => plain(await label.textContent())).toContain(plain(there.format(createdAt)));
    }
  });

  test.each(bothWidths)("what arrives is read out with the punctuation of its language (%s)", async (width) => {
    verifies("console.accessible", "understood.both-languages");
    for (const [tag, said] of [
      ["en-GB", "New: What is kept about you here. Everything is stored"],
      ["zh-CN", "新消息：这里保存了您的哪些信息。所有内容"],
    ] as const) {
      const page = await open({ ...widths[width], locale: tag });
      await type(page, "/privacy");
      await expect
        .poll(() => page.locator("[aria-live]").allTextContents())
        .toContainEqual(expect.stringContaining(said));
    }
  });

  test.each(bothWidths)("a button that uses a medium is named with its language's colon (%s)", async (width) => {
    verifies("understood.both-languages");
    for (const [tag, name] of [
      ["en-GB", /^Use in…: .+\.png$/],
      ["zh-CN", /^用于…：.+\.png$/],
    ] as const) {
      const page = await open({ ...widths[width], locale: tag });
      await type(page, "/image --count 2 a colon");
      await page.locator("[data-kind=result]").getByRole("button", { name }).first().waitFor();
    }
  });
});
