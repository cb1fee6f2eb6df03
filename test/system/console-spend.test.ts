import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { openConsole, openView, property, seriousProblems, switchTo, widths } from "../console-page.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";
import { verifies } from "../verifies.ts";

type Width = keyof typeof widths;
const bothWidths = Object.keys(widths) as Width[];
const patience = { timeout: 60_000 };
const blank = { width: 64, height: 64, channels: 3, background: "white" } as const;

describe.skipIf(mustSkipWithoutChromium())("Operations in a browser", () => {
  let running: RunningConsole;
  let browser: Browser;

  beforeAll(async () => {
    [running, browser] = await Promise.all([startConsole({ sandboxSpeed: 20 }), launchChromium()]);
  });

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
  });

  async function ask(page: Page, text: string): Promise<void> {
    await page.locator(".composer textarea").fill(text);
    await page.keyboard.press("Enter");
  }

  test.each(bothWidths)("spend without a known price is counted in starts, in both languages (%s)", async (width) => {
    verifies("console.unpriced-spend");
    const page = await openConsole(browser, `${running.url}/#spend-${width}`, widths[width]);
    await page.locator(".welcome").waitFor();
    const posted = await fetch(`${running.url}/api/uploads`, {
      method: "POST",
      body: new Uint8Array(await sharp({ create: blank }).png().toBuffer()),
      headers: { "x-file-name": "picture.png" },
    });
    const { id } = (await posted.json()) as { id: string };
    // Tokens cannot be counted beforehand, and the vendor's answer, which says how many, is lost.
    await ask(page, `/describe what is it, ${width}? [[drop-after-accept]] --image ${id} --provider spark`);
    const count = width === "phone" ? 1 : 2;
    const unpriced = async () => {
      const answer = await fetch(`${running.url}/api/overview`);
      const { probable } = (await answer.json()) as { probable: { unpriced: number }[] };
      return probable.reduce((sum, row) => sum + row.unpriced, 0);
    };
    await expect.poll(unpriced, patience).toBe(count);
    await openView(page, /Operations/);
    const sums = page.locator(".account.probable");
    const spark = sums.locator("tfoot tr").filter({ hasText: /Spark/ });
    const starts = count === 1 ? "1 start" : `${count} starts`;
    await spark.getByText(`not known: ${starts}`, { exact: true }).waitFor(patience);
    expect(await seriousProblems(page)).toEqual([]);
    const operator = page.locator(".operator");
    // The narrowest screens that pages must fit.
    await page.setViewportSize({ width: width === "phone" ? 320 : 1280, height: 800 });
    expect(await property(operator, "scrollWidth")).toBe(await property(operator, "clientWidth"));
    await page.keyboard.press("Escape");
    await page.setViewportSize(widths[width].viewport);
    await switchTo(page, "zh-CN");
    await openView(page, /运维/);
    await sums.locator("tfoot").getByText(`金额未知：${count} 次调用`, { exact: true }).waitFor();
  });
});
