import type { Browser, BrowserContextOptions, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { openConsole, widths } from "../console-page.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";
import { verifies } from "../verifies.ts";

const messages = "**/api/conversations/*/messages";
/** What a proxy answers while the server behind it restarts. */
const proxyPage = { status: 502, contentType: "text/html", body: "<html><h1>502 Bad Gateway</h1></html>" };

describe.skipIf(mustSkipWithoutChromium())("what is typed in a browser", () => {
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
    const page = await openConsole(browser, `${running.url}/#typed${conversations}`, options);
    await page.locator(".welcome").waitFor();
    return page;
  }

  const area = (page: Page) => page.locator(".composer textarea");
  const waiting = (page: Page) => page.locator(".outgoing");
  const request = (page: Page) => page.locator("[data-kind=request]");

  async function type(page: Page, text: string): Promise<void> {
    await area(page).fill(text);
    await page.keyboard.press("Enter");
  }

  test.each(Object.keys(widths) as (keyof typeof widths)[])(
    "a line whose answer a proxy replaced waits, survives a reload and becomes one job (%s)",
    async (width) => {
      verifies("console.nothing-lost", "paid-once.same-key");
      const page = await open(widths[width]);
      const keys: string[] = [];
      let isAway = true;
      await page.route(messages, async (route: Route) => {
        keys.push(route.request().headers()["idempotency-key"]!);
        // The first one reaches the server; only its answer is lost.
        await (isAway && keys.length > 1 ? undefined : route.fetch());
        await (isAway ? route.fulfill(proxyPage) : route.continue());
      });
      await type(page, `/image typed once ${width}`);
      await page.getByText("it will be sent only once").waitFor();
      expect(await page.getByRole("dialog").count()).toBe(0);
      await page.reload();
      await page.getByText("it will be sent only once").waitFor();
      expect(await page.getByRole("dialog").count()).toBe(0);
      isAway = false;
      await expect.poll(() => waiting(page).count()).toBe(0);
      await page.locator("[data-kind=result] img").waitFor();
      expect(await request(page).count()).toBe(1);
      expect(new Set(keys).size).toBe(1);
      await page.reload();
      await request(page).waitFor();
      expect(await waiting(page).count()).toBe(0);
      expect((await running.ledger()).filter(({ text }) => text === `typed once ${width}`)).toHaveLength(1);
    },
  );

  test("the pauses between attempts grow, and a network that comes back ends them", async () => {
    verifies("console.nothing-lost");
    const page = await open();
    await page.clock.install();
    await page.reload();
    let attempts = 0;
    await page.route(messages, async (route) => {
      attempts += 1;
      await (attempts < 4 ? route.abort() : route.continue());
    });
    await type(page, "/voices");
    await page.getByText("it will be sent only once").waitFor();
    await page.clock.runFor(1_000);
    await expect.poll(() => attempts).toBe(2);
    await page.clock.runFor(1_900);
    expect(attempts).toBe(2);
    await page.clock.runFor(100);
    await expect.poll(() => attempts).toBe(3);
    // The next pause is four seconds, and nothing advances the page's clock.
    await page.evaluate("dispatchEvent(new Event('online'))");
    await expect.poll(() => attempts).toBe(4);
    await expect.poll(() => waiting(page).count()).toBe(0);
    await request(page).waitFor();
  });

  test("a form sent while the server restarts waits too; a refusal gives it back", async () => {
    verifies("console.nothing-lost");
    const page = await open();
    const refusal = { tone: "error", title: "Not this one", private: true };
    const answers = [
      { status: 503, body: "" },
      { status: 400, json: { error: refusal } },
    ];
    await page.route(messages, (route) => {
      const answer = answers.shift();
      return answer === undefined ? route.continue() : route.fulfill(answer);
    });
    await page.getByRole("button", { name: /^\/explain/ }).click();
    const form = page.getByRole("dialog").filter({ has: page.locator(".tool-form") });
    await form.locator("#field-text").fill("20007");
    await form.locator("button[type=submit]").click();
    // Refused on the second attempt: the form is back with what was filled in, and the reason.
    await page.getByText("Not this one").waitFor();
    await page.keyboard.press("Escape");
    expect(await form.locator("#field-text").inputValue()).toBe("20007");
    await form.locator("button[type=submit]").click();
    await request(page).waitFor();
    expect(await waiting(page).count()).toBe(0);
  });

  test("a button pressed while the server restarts says so above the conversation, not over it", async () => {
    verifies("console.nothing-lost", "understood.both-languages");
    const page = await open({ locale: "zh-CN" });
    await type(page, "/image 山 [[10013]]");
    const explain = page.getByRole("button", { name: "解释错误码" });
    await page.route("**/api/press", (route) => route.fulfill(proxyPage));
    await explain.click();
    await page.getByText("服务器正在重启。此操作可能未生效，请稍后再试。").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.unroute("**/api/press");
    await explain.click();
    await page.getByRole("dialog").waitFor();
  });

  test("the draft of each conversation and the lines sent before survive a reload", async () => {
    verifies("console.draft-kept");
    const page = await open();
    await type(page, "/voices");
    await type(page, "/jobs");
    await request(page).nth(1).waitFor();
    await area(page).fill("half a sen");
    await page.reload();
    await expect.poll(() => area(page).inputValue()).toBe("half a sen");
    await page.goto(`${running.url}/#typed-elsewhere`);
    await page.reload();
    await page.locator(".welcome").waitFor();
    expect(await area(page).inputValue()).toBe("");
    await area(page).focus();
    for (const [key, line] of [
      ["ArrowUp", "/jobs"],
      ["ArrowUp", "/voices"],
      ["ArrowUp", "/voices"],
      ["ArrowDown", "/jobs"],
      ["ArrowDown", ""],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(() => area(page).inputValue()).toBe(line);
    }
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await expect.poll(() => request(page).innerText()).toContain("/jobs");
  });
});
