import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { samples } from "@toolcast/sandbox";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { openConsole, property, seriousProblems, widths } from "../console-page.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";
import { verifies } from "../verifies.ts";

const shots = join(tmpdir(), "toolcast-console-shots");

/** Only guards against hanging; it is not a measurement. */
const patience = { timeout: 60_000 };

describe.skipIf(mustSkipWithoutChromium())("the console in a browser", () => {
  let running: RunningConsole;
  let browser: Browser;
  let conversations = 0;

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    [running, browser] = await Promise.all([startConsole({ sandboxSpeed: 8 }), launchChromium()]);
  });

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
  });

  /** Opens a page on a conversation of its own. */
  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    conversations += 1;
    const page = await openConsole(browser, `${running.url}/#test${conversations}`, options);
    await page.locator(".welcome").waitFor();
    return page;
  }

  async function type(page: Page, text: string): Promise<void> {
    await page.locator(".composer textarea").fill(text);
    await page.keyboard.press("Enter");
  }

  const picture = (page: Page) => page.locator("[data-kind=result] img");
  const shoot = (page: Page, name: string) => page.screenshot({ path: join(shots, `${name}.png`) });

  test("a typed command is acknowledged at once and its picture arrives in the conversation", async () => {
    verifies("tried.console", "delivered.into-conversation");
    const page = await open();
    await type(page, "/image 日照金山 --size 512x512");
    await page.locator("[data-kind=reply]").waitFor({ timeout: 3_000 });
    await shoot(page, "acknowledged");
    await picture(page).waitFor(patience);
    await expect.poll(() => property(picture(page), "naturalWidth")).toBe(512);
    expect(await picture(page).getAttribute("alt")).toContain("日照金山");
    expect(await picture(page).count()).toBe(1);
    await shoot(page, "picture");
    await page.reload();
    await picture(page).waitFor();
    expect(await page.locator("[data-kind=request]").innerText()).toContain("日照金山");
    expect((await running.ledger()).filter(({ text }) => text === "日照金山")).toHaveLength(1);
  });

  test("both languages: the page, the server's sentences and the errors in the input", async () => {
    verifies("understood.bad-input", "understood.both-languages");
    const page = await open();
    const paidBefore = (await running.ledger()).length;
    await type(page, "/image bad --count 99");
    const reply = page.locator("[data-kind=reply]");
    await reply.first().waitFor();
    expect(await reply.first().innerText()).toMatch(/must be a whole number/);
    await page.getByRole("button", { name: "中文" }).click();
    await page.locator("html[lang=zh-CN]").waitFor();
    await page.getByPlaceholder("输入 / 查看命令").waitFor();
    await type(page, "/image bad --count 99");
    await expect.poll(() => reply.last().innerText()).toMatch(/整数/);
    await type(page, "/image bad --colour red");
    await expect.poll(() => reply.last().innerText()).toMatch(/--colour/);
    await shoot(page, "chinese");
    expect(await running.ledger()).toHaveLength(paidBefore);
  });

  test("a form with an upload names the field at fault, and once corrected makes a video that plays", async () => {
    const page = await open();
    await page.getByRole("button", { name: /^\/avatar/ }).click();
    const form = page.getByRole("dialog");
    await form
      .locator(".field", { has: page.locator("#field-video") })
      .locator("input[type=file]")
      .setInputFiles(samples.video);
    await form.locator(".preview video").waitFor();
    await form.getByRole("button", { name: /sample-voice/ }).click();
    await form.locator("#field-title").fill("a title that is longer than the vendor takes");
    await form.getByRole("button", { name: "Start" }).click();
    await form.locator("#field-title-problem").waitFor();
    await shoot(page, "form");
    expect(await seriousProblems(page)).toEqual([]);
    await form.locator("#field-title").fill("Uploaded");
    await form.getByRole("button", { name: "Start" }).click();
    const video = page.locator("[data-kind=result] video");
    await video.waitFor(patience);
    await expect.poll(() => property(video, "readyState")).toBeGreaterThanOrEqual(2);
    expect(await property(video, "duration")).toBeGreaterThan(4);
    await shoot(page, "video");
  });

  test("a failure is explained, with the vendor's code to copy", async () => {
    verifies("understood.failure", "understood.vendor-words");
    const page = await open({ colorScheme: "dark" });
    await page.getByRole("button", { name: /failure is explained/ }).click();
    const failure = page.locator("[data-kind=result] .error");
    await failure.waitFor(patience);
    expect(await failure.innerText()).toMatch(/10013/);
    expect(await failure.getByRole("button", { name: /^Copy/ }).count()).toBeGreaterThan(0);
    await shoot(page, "failure-dark");
    expect(await seriousProblems(page)).toEqual([]);
    await failure.getByRole("button", { name: "Timeline" }).click();
    await page.getByRole("dialog").waitFor();
    await shoot(page, "timeline-dark");
    expect(await seriousProblems(page)).toEqual([]);
  });

  test("an id is copied even if the browser offers no clipboard, and a refusal does not look like success", async () => {
    const page = await open();
    // As on a page served over plain HTTP from another machine.
    await page.evaluate('Object.defineProperty(navigator, "clipboard", { value: undefined })');
    await type(page, "/image 日照金山 --size 512x512");
    await picture(page).waitFor(patience);
    const result = page.locator("[data-kind=result]");
    const copy = result.getByRole("button", { name: "Copy: Job" });
    const announced = result.locator(".copyable [aria-live]");
    await copy.click();
    await expect.poll(() => announced.innerText()).toBe("Copied");
    const id = await result.locator(".copyable code").innerText();
    const area = page.locator(".composer textarea");
    await area.focus();
    await page.keyboard.press("ControlOrMeta+V");
    expect(await area.inputValue()).toBe(id);
    await page.evaluate("document.execCommand = () => false");
    await copy.click();
    await expect.poll(() => announced.innerText()).toContain("did not allow copying");
    expect(await copy.evaluate((element) => element.matches(":focus"))).toBe(true);
  });

  test("an endless word does not widen the page, on a phone", async () => {
    const page = await open(widths.phone);
    await type(page, `/image ${"Donaudampfschifffahrt".repeat(12)}`);
    await picture(page).waitFor(patience);
    await page.locator(".collapsed-line").waitFor();
    await page.getByRole("button", { name: /Jobs/ }).click();
    for (const part of [".collapsed-line .muted", ".job .job-line .muted", ".job-state"]) {
      const box = await page.locator(part).first().boundingBox();
      expect(box!.x + box!.width, part).toBeLessThanOrEqual(widths.phone.viewport.width);
    }
  });

  test("killing the server from the page loses nothing and pays only once", async () => {
    verifies("tried.kill-button", "survives.kill-anywhere");
    const page = await open();
    const text = `/avatar --video ${await sampleId("video")} --text 服务器被终止之后，这段视频仍然会完成，而且只付一次费用。`;
    await type(page, text);
    await page
      .locator("[data-kind=reply]")
      .getByText(/working on it|queue/)
      .waitFor(patience);
    await page.getByRole("button", { name: "Kill the server now" }).click();
    await page.locator("[data-connection=lost]").waitFor(patience);
    await shoot(page, "server-gone");
    await page.getByText(/The server restarted/).waitFor(patience);
    await shoot(page, "server-back");
    await page.locator("[data-kind=result] video").waitFor(patience);
    expect(await page.locator("[data-kind=result]").count()).toBe(1);
    expect((await running.ledger()).filter((entry) => entry.text.includes("服务器被终止之后"))).toHaveLength(1);
  });

  test("a start whose fate is unknown is left to the person, and the first answer collapses", async () => {
    verifies("paid-once.unknown-not-repeated");
    const page = await open();
    await type(page, "/image fate unknown [[drop-after-accept]]");
    const result = page.locator("[data-kind=result]");
    await result.getByRole("button", { name: /Start again/ }).waitFor(patience);
    await page.locator("[data-kind=reply] .collapsed-line").waitFor();
    await expect.poll(() => result.evaluate(isInView)).toBe(true);
    await result.getByRole("button", { name: /Leave it/ }).click();
    await result.getByRole("button", { name: /Start again/ }).waitFor({ state: "detached" });
    expect((await running.ledger()).filter(({ text }) => text.includes("fate unknown"))).toHaveLength(1);
  });

  test("what people and vendors write remains text", async () => {
    verifies("safe.inert-text");
    const page = await open();
    const markup = '<img src=x onerror="document.title=1"><b>bold</b> [[10013]]';
    await type(page, `/image ${markup}`);
    await page.locator("[data-kind=result]").waitFor(patience);
    expect(await page.locator("[data-kind=request]").innerText()).toContain(markup);
    expect(await page.locator(".entries img, .entries b").count()).toBe(0);
    expect(await page.title()).toBe("Toolcast");
  });

  test("works 380 pixels wide and by keyboard alone", async () => {
    const page = await open({ viewport: { width: 380, height: 780 } });
    await shoot(page, "narrow");
    await page.locator(".composer textarea").focus();
    await page.keyboard.type("/im");
    await page.keyboard.press("Tab");
    await page.keyboard.type("a quiet harbour in the rain");
    await page.keyboard.press("Enter");
    await picture(page).waitFor(patience);
    expect(await property(page.locator("html"), "scrollWidth")).toBe(380);
    await page.getByRole("button", { name: /Jobs/ }).click();
    await page.getByRole("complementary", { name: "Jobs" }).waitFor();
    await shoot(page, "narrow-jobs");
    expect(await seriousProblems(page)).toEqual([]);
  });

  /** Runs in the page: whether the element's lower edge is above the composer. */
  function isInView(element: unknown): boolean {
    type Box = { getBoundingClientRect(): { bottom: number }; closest(selector: string): Box };
    const box = element as Box;
    return box.getBoundingClientRect().bottom <= box.closest(".conversation").getBoundingClientRect().bottom;
  }

  async function sampleId(kind: string): Promise<string> {
    const state = (await (await fetch(`${running.url}/api/state`)).json()) as {
      sandbox: { samples: { id: string; kind: string }[] };
    };
    return state.sandbox.samples.find((sample) => sample.kind === kind)!.id;
  }
});
