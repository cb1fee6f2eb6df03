import { samples } from "@toolcast/sandbox";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { openConsole, widths } from "../console-page.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";
import { verifies } from "../verifies.ts";

const patience = { timeout: 60_000 };
/** More than there are tab stops. */
const mostStops = 80;

describe.skipIf(mustSkipWithoutChromium())("by keyboard alone", () => {
  let running: RunningConsole;
  let browser: Browser;

  beforeAll(async () => {
    [running, browser] = await Promise.all([startConsole({ sandboxSpeed: 12 }), launchChromium()]);
  });

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
  });

  /** Moves from tab stop to tab stop until the wanted one has the focus, as a person would. */
  async function goTo(page: Page, selector: string, key = "Tab"): Promise<void> {
    const focus = page.locator(":focus");
    for (let stop = 0; stop < mostStops; stop += 1) {
      await page.keyboard.press(key);
      if (
        (await focus.count()) === 1 &&
        (await focus.evaluate((element, wanted) => element.matches(wanted), selector))
      ) {
        return;
      }
    }
    throw new Error(`${mostStops} stops did not lead to ${selector}`);
  }

  async function pressButton(page: Page, name: string, key = "Tab"): Promise<void> {
    const focus = page.locator(":focus");
    for (let stop = 0; stop < mostStops; stop += 1) {
      await page.keyboard.press(key);
      if ((await focus.count()) === 1 && (await focus.innerText()).trim() === name) {
        await page.keyboard.press("Enter");
        return;
      }
    }
    throw new Error(`${mostStops} stops did not lead to the button ${name}`);
  }

  /** Whether the focus is on an element rather than lost at the top of the page. */
  const hasFocus = async (page: Page) => (await page.locator(":focus:not(body)").count()) === 1;
  const results = (page: Page) => page.locator("[data-kind=result]");
  const spoken = (page: Page) => page.locator(".app > [aria-live=polite]").innerText();

  test("a command typed in full is sent, though a longer one begins with it", async () => {
    verifies("console.keyboard");
    const page = await openConsole(browser, `${running.url}/#keys0`);
    await goTo(page, ".composer textarea");
    await page.keyboard.type("/delete");
    await page.keyboard.press("Enter");
    await page.getByText("Which of your files should be deleted?").first().waitFor(patience);
  });

  test("a picture is made, used in another tool, and asked about", async () => {
    verifies("console.keyboard", "console.announced");
    const page = await openConsole(browser, `${running.url}/#keys1`);
    await goTo(page, ".composer textarea");
    await page.keyboard.type("/im");
    await page.keyboard.press("Tab");
    await page.keyboard.type("a quiet harbour");
    await page.keyboard.press("Enter");
    await results(page).locator("img").waitFor(patience);
    await expect.poll(() => spoken(page)).toMatch(/Done: Generate an image “a quiet harbour”/);
    await pressButton(page, "Use: Describe a picture", "Shift+Tab");
    await page.locator(".tool-form .preview img").waitFor();
    await goTo(page, "#field-question");
    await page.keyboard.type("Is it night?");
    await pressButton(page, "Start");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    // What was sent has the focus, so its outcome is the next tab stop.
    await expect.poll(() => page.locator("[data-kind=request]:focus").innerText()).toMatch(/Is it night\?/);
    await results(page)
      .nth(1)
      .getByText(/Your question: “Is it night\?”/)
      .waitFor(patience);
    await pressButton(page, "Ask more about it");
    await page.locator(".tool-form .preview img").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => page.locator(":focus").innerText()).toBe("Ask more about it");
  });

  test("a result is made again by one press, a double click starts it once, and Change opens the form", async () => {
    verifies("chat.again");
    const page = await openConsole(browser, `${running.url}/#keys2`);
    await goTo(page, ".composer textarea");
    await page.keyboard.type("/image a still lake");
    await page.keyboard.press("Enter");
    await results(page).locator("img").waitFor(patience);
    const again = results(page).first().getByRole("button", { name: "Again" });
    const requests = page.locator("[data-kind=request]");
    await again.click();
    await requests.nth(1).waitFor(patience);
    await again.click();
    await results(page).nth(1).locator("img").waitFor(patience);
    expect(await page.getByRole("dialog").count()).toBe(0);
    await results(page).first().getByRole("button", { name: "Change" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await page.locator("#field-prompt").inputValue()).toBe("a still lake");
    await page.keyboard.press("Escape");
    expect([await requests.count(), await results(page).count()]).toEqual([2, 2]);
  });

  test("a press for more that nobody answered is the same request when pressed again", async () => {
    verifies("chat.again", "console.keyboard");
    const page = await openConsole(browser, `${running.url}/#pressed-again`);
    await goTo(page, ".composer textarea");
    await page.keyboard.type("/image a still pond");
    await page.keyboard.press("Enter");
    await results(page).locator("img").waitFor(patience);
    const keys: (string | undefined)[] = [];
    let isAway = true;
    await page.route("**/api/conversations/pressed-again/messages", async (route) => {
      keys.push(route.request().headers()["idempotency-key"]);
      const response = await route.fetch();
      await (isAway ? route.abort() : route.fulfill({ response }));
    });
    await pressButton(page, "Again", "Shift+Tab");
    await page.locator(".outgoing").waitFor();
    // More than a double click later.
    await page.evaluate(() => {
      const now = performance.now.bind(performance);
      performance.now = () => now() + 60_000;
    });
    await expect.poll(() => page.locator(":focus").innerText()).toBe("Again");
    const attempts = keys.length;
    await page.keyboard.press("Enter");
    await expect.poll(() => keys.length).toBeGreaterThan(attempts);
    isAway = false;
    await results(page).nth(1).locator("img").waitFor(patience);
    await page.locator(".outgoing").waitFor({ state: "detached" });
    expect(new Set(keys).size).toBe(1);
    expect(await page.locator("[data-kind=request]").count()).toBe(2);
  });

  test("a suggestion is chosen, and Escape closes the suggestions before it closes the form", async () => {
    verifies("console.keyboard");
    const page = await openConsole(browser, `${running.url}/#keys0`);
    await goTo(page, ".composer textarea");
    await page.keyboard.type("/image ");
    await pressButton(page, "Open as a form", "Shift+Tab");
    await page.getByRole("dialog").waitFor();
    await goTo(page, "#field-size");
    await page.keyboard.press("ArrowDown");
    await page.locator(".suggestions:visible [role=option]").first().waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await page.locator("#field-size").getAttribute("aria-activedescendant")).toMatch(/-0$/);
    await page.keyboard.press("Enter");
    expect(await page.locator("#field-size").inputValue()).toBe("512x512");
    await page.locator(".suggestions:visible").waitFor({ state: "detached" });
    await page.keyboard.press("ArrowDown");
    await page.locator(".suggestions:visible [role=option]").first().waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".suggestions:visible [role=option]").first().waitFor({ state: "detached" });
    expect(await page.getByRole("dialog").count()).toBe(1);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => hasFocus(page)).toBe(true);
  });

  test("a file is uploaded and a decision is pressed", async () => {
    verifies("console.keyboard");
    const page = await openConsole(browser, `${running.url}/#keys2`);
    await goTo(page, ".composer textarea");
    await page.keyboard.type("/clone ");
    await pressButton(page, "Open as a form", "Shift+Tab");
    await page.getByRole("dialog").waitFor();
    const chooser = page.waitForEvent("filechooser");
    await pressButton(page, "Choose a file");
    await (await chooser).setFiles(samples.voice);
    await page.locator(".tool-form .preview audio").waitFor();
    await expect.poll(() => page.locator(".preview:focus").count()).toBe(1);
    await goTo(page, "#field-name");
    await page.keyboard.type("Keys");
    await pressButton(page, "Start");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await pressButton(page, "I have permission");
    await page.locator(".entries").getByRole("button", { name: "I have permission" }).waitFor({ state: "detached" });
    await expect.poll(() => hasFocus(page)).toBe(true);
    await results(page).getByRole("button", { name: "Speak with it" }).waitFor(patience);
    await pressButton(page, "Speak with it");
    await page.locator("#field-text").waitFor();
  });

  test("conversations are named, removed and restored, on a phone", async () => {
    verifies("console.conversations", "console.keyboard");
    const page = await openConsole(browser, `${running.url}/#keys3`, widths.phone);
    await goTo(page, ".composer textarea");
    await page.keyboard.type("/voices");
    await page.keyboard.press("Enter");
    await page.locator("[data-kind=reply]").waitFor();
    await goTo(page, ".conversation-choice", "Shift+Tab");
    await page.keyboard.press("Enter");
    await goTo(page, ".current [title=Rename]");
    await page.keyboard.press("Enter");
    await page.locator(".naming input:focus").waitFor();
    await page.keyboard.type("What I can speak with");
    await page.keyboard.press("Enter");
    await page.locator(".conversation-list").getByText("What I can speak with").waitFor();
    await expect.poll(() => hasFocus(page)).toBe(true);
    await goTo(page, ".current [title=Remove]");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(":focus").innerText()).toBe("Undo");
    const titles = async () =>
      (
        (await (await fetch(`${running.url}/api/state`)).json()) as { conversations: { title: string }[] }
      ).conversations.map(({ title }) => title);
    expect(await titles()).not.toContain("What I can speak with");
    await page.keyboard.press("Enter");
    await page.locator(".conversation-open").getByText("What I can speak with").waitFor();
    expect(await titles()).toContain("What I can speak with");
    await expect.poll(() => hasFocus(page)).toBe(true);
    await page.locator(".conversation-open", { hasText: "What I can speak with" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator("[data-kind=request]").getByText("/voices").waitFor();
    expect(await page.locator(".conversation-choice").innerText()).toBe("What I can speak with");
  });

  test("the panel of jobs takes the focus and gives it back, on a phone", async () => {
    verifies("console.keyboard");
    const page = await openConsole(browser, `${running.url}/#keys4`, widths.phone);
    await goTo(page, ".jobs-toggle");
    await page.keyboard.press("Enter");
    await page.locator("#jobs:focus").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".jobs-toggle:focus").waitFor();
    expect(await page.locator("#jobs").isVisible()).toBe(false);
  });

  test("the panel of jobs has the focus as soon as it is open, and does not take it later, on a phone", async () => {
    verifies("console.keyboard");
    const page = await openConsole(browser, `${running.url}/#keys5`, widths.phone);
    // Checked within the page: while an answer travels from there, a late focus would arrive unnoticed.
    const focused = await page.evaluate(`new Promise((resolve) => {
      const opened = new MutationObserver(() => resolve(document.activeElement.id));
      opened.observe(document.querySelector(".app"), { attributeFilter: ["class"] });
      document.querySelector(".jobs-toggle").click();
    })`);
    expect(focused).toBe("jobs");
  });
});
