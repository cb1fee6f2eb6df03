import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { isTooWide, openConsole, openView, property, seriousProblems, switchTo, widths } from "../console-page.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";
import { verifies } from "../verifies.ts";

type Width = keyof typeof widths;
const bothWidths = Object.keys(widths) as Width[];
const patience = { timeout: 60_000 };
/** A picture of one pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe.skipIf(mustSkipWithoutChromium())("the console says what is so", () => {
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

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    conversations += 1;
    const page = await openConsole(browser, `${running.url}/#honest${conversations}`, options);
    await page.locator(".welcome").waitFor();
    return page;
  }

  const area = (page: Page) => page.locator(".composer textarea");
  const scroller = (page: Page) => page.locator(".conversation");

  async function type(page: Page, text: string): Promise<void> {
    await area(page).fill(text);
    await page.keyboard.press("Enter");
  }

  test.each(bothWidths)("a new conversation opens at its top (%s)", async (width) => {
    verifies("console.opens-at-top");
    const page = await open({ ...widths[width], viewport: { ...widths[width].viewport, height: 420 } });
    await type(page, "/help");
    await page.locator("[data-kind=reply]").waitFor();
    await expect.poll(() => property(scroller(page), "scrollTop")).toBeGreaterThan(0);
    await page.getByRole("button", { name: "New conversation", exact: true }).click();
    await page.locator(".welcome").waitFor();
    await expect.poll(() => property(scroller(page), "scrollTop")).toBe(0);
    expect(await property(scroller(page), "scrollHeight")).toBeGreaterThan(
      await property(scroller(page), "clientHeight"),
    );
  });

  test.each(bothWidths)(
    "values are suggested behind the name of an input, and Enter sends the line as it is (%s)",
    async (width) => {
      verifies("console.values-suggested");
      const page = await open(widths[width]);
      const options = page.locator(".palette [role=option]");
      await area(page).fill("/image a lighthouse --size ");
      await options.first().waitFor();
      const first = await options.first().locator(".command").textContent();
      expect(first).toMatch(/^\d+x\d+$/);
      expect(await seriousProblems(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      await page.keyboard.press("Tab");
      expect(await area(page).inputValue()).toBe(`/image a lighthouse --size ${first} `);
      await area(page).fill(`/image a lighthouse --size ${first}`);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Enter");
      await page.locator("[data-kind=request]").getByText(`--size ${first}`).waitFor();
    },
  );

  test.each(bothWidths)(
    "a form opened from a typed line has all of it, and marks none of it as missing (%s)",
    async (width) => {
      verifies("console.form-honest");
      const page = await open(widths[width]);
      await area(page).fill("/image --size 512x512 two boats");
      await page.getByRole("button", { name: "Open as a form" }).click();
      const form = page.getByRole("dialog");
      await form.waitFor();
      expect(await form.locator("[name=prompt]").inputValue()).toBe("two boats");
      expect(await form.locator("[name=size]").inputValue()).toBe("512x512");
      expect(await form.getByText("required").count()).toBe(0);
      await form.locator("[name=prompt]").fill("");
      await form.getByText("required").waitFor();
      await form.getByRole("button", { name: "Start" }).click();
      await form.locator(".field.wrong").waitFor();
      await form.locator("[name=prompt]").fill("three boats");
      await form.locator(".field.wrong").waitFor({ state: "detached" });
      expect(await form.locator("[aria-invalid=true]").count()).toBe(0);
    },
  );

  test.each(bothWidths)("a dragged file is invited, and one that cannot be used is named (%s)", async (width) => {
    verifies("console.drop-hint", "console.wrong-upload");
    const page = await open(widths[width]);
    const drag = async () => {
      const dataTransfer = await page.evaluateHandle(
        `const transfer = new DataTransfer();
         transfer.items.add(new File(["x"], "notes.txt", { type: "text/plain" }));
         transfer`,
      );
      await page.locator(".media-field, body").last().dispatchEvent("dragover", { dataTransfer });
    };
    await drag();
    await page.getByText("Drop the file here, then choose").waitFor();
    await page.getByText("Drop the file here, then choose").waitFor({ state: "detached" });
    await page.locator(".composer input[type=file]").setInputFiles({
      name: "notes.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("not a picture"),
    });
    await page
      .getByRole("dialog")
      .getByText(/^notes\.txt: /)
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
    await area(page).fill("/avatar ");
    await page.getByRole("button", { name: "Open as a form" }).click();
    const field = page.getByRole("dialog").locator(".media-field").first();
    await field.waitFor();
    await drag();
    await field.getByText("Drop the file here").waitFor();
    await field.locator("input[type=file]").setInputFiles({ name: "face.png", mimeType: "image/png", buffer: pixel });
    const trouble = field.getByRole("alert");
    await trouble.waitFor();
    expect(await trouble.textContent()).toBe("“face.png” does not fit here. What fits: Videos.");
    expect(await isTooWide(page)).toBe(false);
  });

  test.each(bothWidths)("a job's view has one headline, with its text in quotation marks (%s)", async (width) => {
    verifies("console.one-headline");
    const page = await open(widths[width]);
    await type(page, `/image one headline ${width}`);
    await page.locator("[data-kind=result] img").waitFor();
    await page.locator(".collapsed-line").click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    expect(await dialog.getByRole("heading").allTextContents()).toEqual([
      `Done: Generate an image “one headline ${width}”`,
    ]);
    expect(await dialog.locator(".title").count()).toBe(1);
    expect(await seriousProblems(page)).toEqual([]);
  });

  test.each(bothWidths)(
    "an answer about wrong input follows the language, and so does the banner (%s)",
    async (width) => {
      verifies("console.language-switch", "understood.both-languages");
      const page = await open(widths[width]);
      await type(page, "/image --size nonsense a boat");
      await type(page, "/imagine a boat");
      await type(page, "what is this");
      const replies = page.locator("[data-kind=reply] .title");
      await expect.poll(() => replies.count()).toBe(3);
      const inEnglish = await replies.allTextContents();
      expect(inEnglish.join()).not.toMatch(/\p{Script=Han}/u);
      await switchTo(page, "zh-CN");
      await expect
        .poll(async () => (await replies.allTextContents()).every((text) => /\p{Script=Han}/u.test(text)))
        .toBe(true);
      await page.locator("[data-kind=reply]").getByRole("button", { name: "用表单填写" }).waitFor();
      await switchTo(page, "en");
      await expect.poll(() => replies.allTextContents()).toEqual(inEnglish);
    },
  );

  test.each(bothWidths)(
    "a notification says that work has ended; only a press asks for permission (%s)",
    async (width) => {
      verifies("console.notification");
      const page = await open(widths[width]);
      await page.addInitScript(() => {
        const shown: string[] = [];
        const asked: number[] = [];
        class FakeNotification extends EventTarget {
          static permission = "default";
          static requestPermission() {
            asked.push(1);
            FakeNotification.permission = "granted";
            return Promise.resolve("granted");
          }
          constructor(title: string) {
            super();
            shown.push(title);
          }
        }
        Object.assign(globalThis, { Notification: FakeNotification, shown, asked });
        const { document } = globalThis as unknown as { document: object };
        Object.assign(document, { hasFocus: () => false });
      });
      await page.reload();
      await page.locator(".welcome").waitFor();
      const numbers = (name: "shown" | "asked") =>
        page.evaluate((of) => (globalThis as unknown as Record<string, unknown[]>)[of], name);
      await type(page, `/image before the press ${width}`);
      await page.locator("[data-kind=result] img").waitFor();
      expect(await numbers("asked")).toEqual([]);
      if (width === "phone") {
        await page.locator(".jobs-toggle").click();
      }
      const button = page.getByRole("button", { name: "Notify me when a job ends" });
      await button.click();
      await expect.poll(() => button.getAttribute("aria-pressed")).toBe("true");
      expect(await numbers("asked")).toEqual([1]);
      if (width === "phone") {
        await page.locator(".jobs-close").click();
      }
      await type(page, `/image after the press ${width}`);
      await expect
        .poll(() => numbers("shown"), patience)
        .toEqual([`Done: Generate an image “after the press ${width}”`]);
    },
  );

  test.each(bothWidths)(
    "the operators' page has an address, which survives a reload and the way back (%s)",
    async (width) => {
      verifies("console.operations-address");
      const page = await open(widths[width]);
      await openView(page, /Operations/);
      await page.locator(".operator").waitFor();
      expect(new URL(page.url()).pathname).toBe("/operations");
      await page.reload();
      await page.locator(".operator").waitFor();
      expect(await page.title()).toBe("Operations · Toolcast");
      await page.goBack();
      await page.locator(".operator").waitFor({ state: "detached" });
      expect(new URL(page.url()).pathname).toBe("/");
      await page.goto(`${running.url}/operations`);
      await page.locator(".operator").waitFor();
      await page.keyboard.press("Escape");
      await page.locator(".operator").waitFor({ state: "detached" });
      expect(new URL(page.url()).pathname).toBe("/");
    },
  );

  test.each(bothWidths)("a file that is gone says so in every place that names it (%s)", async (width) => {
    verifies("console.media-gone");
    const page = await open(widths[width]);
    const gone = `asset_gone${width}`;
    await page.route(`**/api/media/${gone}*`, (route) =>
      route.fulfill({ status: 404, json: { error: { title: "gone" } } }),
    );
    await page.route(`**/api/media/${gone}/facts`, (route) =>
      route.fulfill({ status: 404, json: { error: { title: "gone" } } }),
    );
    await area(page).fill("/avatar ");
    await page.getByRole("button", { name: "Open as a form" }).click();
    const field = page.getByRole("dialog").locator(".media-field").first();
    await field.locator(".media-id").fill(gone);
    await field.getByRole("alert").getByText("This file is no longer kept.").waitFor();
    await page.keyboard.press("Escape");
    await page.route("**/api/media?*", async (route) => {
      const kept = (await (await route.fetch()).json()) as { media: object[] };
      const item = {
        id: gone,
        kind: "image",
        type: "image/png",
        name: "gone.png",
        bytes: 9,
        extension: "png",
        createdAt: 1,
      };
      await route.fulfill({ json: { media: [item, ...kept.media] } });
    });
    await openView(page, /My media/);
    await page.locator(".gallery-card").first().getByText("This file is no longer kept.").waitFor();
  });

  test("files arrive compressed, each form with a tag of its own", async () => {
    verifies("console.compressed");
    const html = await (await fetch(`${running.url}/`)).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)![1]!;
    const get = (accepted: string, headers: Record<string, string> = {}) =>
      fetch(`${running.url}${script}`, { headers: { "Accept-Encoding": accepted, ...headers } });
    const answers = await Promise.all([get("gzip, deflate, br"), get("gzip;q=0.8, br;q=0"), get("identity")]);
    expect(answers.map(({ headers }) => headers.get("content-encoding"))).toEqual(["br", "gzip", null]);
    expect(answers.map(({ headers }) => headers.get("vary"))).toEqual(Array(3).fill("Accept-Encoding"));
    expect(new Set(answers.map(({ headers }) => headers.get("etag"))).size).toBe(3);
    const [inBrotli, inGzip, plain] = await Promise.all(answers.map((answer) => answer.text()));
    expect([inBrotli, inGzip]).toEqual([plain, plain]);
    const again = await get("gzip, br", { "If-None-Match": answers[0]!.headers.get("etag")! });
    expect(again.status).toBe(304);
  });

  test.each(bothWidths)("after a restart the banner says what became of the jobs, and no more (%s)", async (width) => {
    verifies("console.restart-honest");
    const page = await open(widths[width]);
    const kill = page.getByRole("button", { name: "Kill the server now" });
    const banner = page.locator(".connection .line.success");
    const jobs = async () =>
      (
        (await (await fetch(`${running.url}/api/jobs?limit=200`)).json()) as {
          jobs: { ended: boolean; about: string }[];
        }
      ).jobs;
    await expect.poll(async () => (await jobs()).every(({ ended }) => ended)).toBe(true);
    await page.reload();
    await page.locator(".welcome").waitFor();
    await kill.click();
    await banner.waitFor(patience);
    expect(await banner.textContent()).toBe("The server restarted. No job was under way.");

    const text = `ended meanwhile ${width}`;
    await type(page, `/avatar --video ${await sampleId("video")} --text "${text}"`);
    // At the vendor: from there it goes on by itself.
    await page
      .locator("[data-kind=reply]")
      .getByText(/working on it|queue/)
      .waitFor(patience);
    // The page learns of the jobs only once this one has ended.
    await page.route("**/api/jobs?*", async (route) => {
      await expect
        .poll(async () => (await jobs().catch(() => [])).find(({ about }) => about === text)?.ended, {
          ...patience,
        })
        .toBe(true);
      await route.continue();
    });
    await kill.click();
    await page.getByText("The server restarted. Jobs that ended meanwhile: 1. No job was lost.").waitFor(patience);
    await page.unroute("**/api/jobs?*");
    expect(await isTooWide(page)).toBe(false);
  });

  async function sampleId(kind: string): Promise<string> {
    const state = (await (await fetch(`${running.url}/api/state`)).json()) as {
      sandbox: { samples: { id: string; kind: string }[] };
    };
    return state.sandbox.samples.find((sample) => sample.kind === kind)!.id;
  }
});
