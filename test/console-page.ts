import axe from "axe-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";

/** The two widths at which layouts are checked. */
export const widths = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
  wide: { viewport: { width: 1280, height: 800 } },
} as const satisfies Record<string, BrowserContextOptions>;

/** Opens a page on a conversation until the test ends. Any error the page reports fails the test. */
export async function openConsole(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", ...widths.wide, ...options });
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
  await page.goto(address);
  await page.locator(".conversation").waitFor();
  return page;
}

/** Accessibility faults that axe itself grades serious or worse. `rules`: all by default. */
export async function seriousProblems(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) {
    // Evaluated through the debugger: the page's own policy would block a script tag.
    await page.evaluate(axe.source);
  }
  const options: axe.RunOptions = {
    resultTypes: ["violations"],
    ...(rules === undefined ? {} : { runOnly: rules }),
  };
  const result = await page.evaluate(
    (wanted) => (globalThis as unknown as { axe: typeof axe }).axe.run(wanted),
    options,
  );
  return result.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

/** A number that the browser reports about an element. */
export function property(locator: Locator, name: string): Promise<number> {
  return locator.evaluate((element, wanted) => (element as unknown as Record<string, number>)[wanted]!, name);
}

/** Whether anything overflows at the side, so that the page must be scrolled horizontally. */
export async function isTooWide(page: Page): Promise<boolean> {
  const root = page.locator("html");
  return (await property(root, "scrollWidth")) > (await property(root, "clientWidth"));
}

/** Opens a view by its name in the header, or in the panel of jobs if the header has no room for it. */
export async function openView(page: Page, name: RegExp): Promise<void> {
  if (await page.locator(".header .views").isHidden()) {
    await page.locator(".jobs-toggle").click();
  }
  const button = page.locator(".views button:visible").filter({ hasText: name });
  // By keyboard: the dialogue takes the focus and gives it back.
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
}

/** Switches the page to a language; on a narrow screen the choice is in the panel of jobs. */
export async function switchTo(page: Page, tag: "en" | "zh-CN"): Promise<void> {
  if (await page.locator(".header .languages").isHidden()) {
    await page.locator(".jobs-toggle").click();
  }
  await page.locator(`.languages button[lang="${tag}"]:visible`).click();
  if (await page.locator(".jobs-close").isVisible()) {
    await page.locator(".jobs-close").click();
  }
}
