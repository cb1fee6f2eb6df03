import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium, mustSkipWithoutChromium } from "../chromium.ts";
import { isTooWide, openConsole, openView, seriousProblems, widths } from "../console-page.ts";
import { type RunningConsole, startConsole } from "../running-console.ts";
import { verifies } from "../verifies.ts";

type Width = keyof typeof widths;
const bothWidths = Object.keys(widths) as Width[];
/** A picture of one pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe.skipIf(mustSkipWithoutChromium())("what a person owns can be shared and deleted", () => {
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

  async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; conversation: string }> {
    conversations += 1;
    const conversation = `owned${conversations}`;
    const page = await openConsole(browser, `${running.url}/#${conversation}`, options);
    await page.locator(".welcome").waitFor();
    return { page, conversation };
  }

  async function type(page: Page, text: string): Promise<void> {
    await page.locator(".composer textarea").fill(text);
    await page.keyboard.press("Enter");
  }

  async function picture(page: Page, prompt: string): Promise<void> {
    const results = page.locator("[data-kind=result] img");
    const before = await results.count();
    await type(page, `/image ${prompt}`);
    await expect.poll(() => results.count(), { timeout: 30_000 }).toBe(before + 1);
  }

  /** A voice of one's own, cloned from the sandbox's sample. */
  async function clone(conversation: string, name: string): Promise<void> {
    const state = (await (await fetch(`${running.url}/api/state`)).json()) as {
      sandbox: { samples: { id: string; kind: string }[] };
    };
    const audio = state.sandbox.samples.find(({ kind }) => kind === "audio")!.id;
    const asked = await fetch(`${running.url}/api/conversations/${conversation}/messages`, {
      method: "POST",
      body: JSON.stringify({ command: "clone", input: { audio, name, consent: true } }),
    });
    expect(asked.status).toBe(202);
    const names = async () => {
      const { voices } = (await (await fetch(`${running.url}/api/voices`)).json()) as { voices: { name: string }[] };
      return voices.map((voice) => voice.name);
    };
    await expect.poll(names, { timeout: 30_000 }).toContain(name);
  }

  const question = (page: Page) => page.getByRole("dialog").filter({ has: page.locator(".deletion") });
  const confirm = async (page: Page) => {
    await question(page).getByRole("button", { name: "Delete for good" }).click();
    await question(page).waitFor({ state: "detached" });
  };
  const closeRemark = async (page: Page) => {
    const remark = page.getByRole("dialog").filter({ has: page.getByRole("alert") });
    await remark.getByRole("button", { name: "Close" }).click();
    await remark.waitFor({ state: "detached" });
  };

  test.each(bothWidths)("sharing a voice asks with whom, says so, and one press takes it back (%s)", async (width) => {
    verifies("spending.voice-sharing", "console.sharing");
    const { page, conversation } = await open(widths[width]);
    const name = `Lin ${width}`;
    await clone(conversation, name);
    await openView(page, /My voices/);
    const voice = page.getByRole("dialog").locator(".voices > li").filter({ hasText: name });
    await voice.waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await voice.getByRole("button", { name: "Share…" }).click();
    const reply = (text: string) => page.locator("[data-kind=reply]").filter({ hasText: text });
    const asked = reply(`With whom do you want to share the voice “${name}”?`);
    await asked.getByRole("button", { name: "Everybody here" }).click();
    const shared = reply(`The voice “${name}” is now shared with: everybody here.`);
    await shared.waitFor();
    await shared.getByRole("button", { name: "Undo" }).click();
    await reply(`The voice “${name}” is no longer shared with: everybody here.`).waitFor();
    await type(page, `/share ${name} --with discord:role:7`);
    await reply(`is now shared with: role discord:role:7.`).waitFor();
    await openView(page, /My voices/);
    await voice.getByText("shared with: role discord:role:7").waitFor();
  });

  test.each(bothWidths)(
    "one's own media are deleted, one or many, once it is said what vendors keep (%s)",
    async (width) => {
      verifies("console.deleting", "safe.deleting");
      const { page } = await open(widths[width]);
      await picture(page, `gone ${width}`);
      await openView(page, /My media/);
      const files = page.getByRole("dialog").locator("input[type=file]").first();
      for (const name of [`one-${width}.png`, `two-${width}.png`, `three-${width}.png`]) {
        await files.setInputFiles({ name, mimeType: "image/png", buffer: pixel });
        await page.locator(".gallery-card").filter({ hasText: name }).waitFor();
      }
      const card = (name: string) => page.locator(".gallery-card").filter({ hasText: name });
      await card(`one-${width}`)
        .getByRole("button", { name: `Delete: one-${width}.png` })
        .click();
      await question(page).waitFor();
      expect(await question(page).getByRole("heading").allTextContents()).toEqual(["Delete this for good?"]);
      expect(await question(page).textContent()).toMatch(
        /It cannot be brought back.*keeps its copy under its own terms/s,
      );
      await question(page).getByRole("button", { name: "Keep" }).click();
      await card(`one-${width}`).waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Select", exact: true }).click();
      for (const name of [`two-${width}.png`, `three-${width}.png`]) {
        await page.getByLabel(`Select: ${name}`).check();
      }
      await page.getByText("Selected: 2").waitFor();
      expect(await seriousProblems(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      await page.getByRole("button", { name: "Delete…" }).click();
      await question(page).getByText("Delete these for good? (2)").waitFor();
      expect(await seriousProblems(page)).toEqual([]);
      await confirm(page);
      await page.getByRole("dialog").getByText("Deleted: 2").waitFor();
      await closeRemark(page);
      await expect.poll(() => card(`two-${width}`).count()).toBe(0);
      expect([await card(`three-${width}`).count(), await card(`one-${width}`).count()]).toEqual([0, 1]);
    },
  );

  test.each(bothWidths)(
    "an ended job is deleted with all that was said about it, and is not started again (%s)",
    async (width) => {
      verifies("console.deleting", "safe.deleting-jobs");
      const { page, conversation } = await open(widths[width]);
      const key = `deleted-${width}`;
      const ask = () =>
        fetch(`${running.url}/api/conversations/${conversation}/messages`, {
          method: "POST",
          headers: { "Idempotency-Key": key },
          body: JSON.stringify({ text: `/image kept from nobody ${width}` }),
        });
      expect((await ask()).status).toBe(202);
      await page.locator("[data-kind=result] img").waitFor();
      const paid = (await running.ledger()).length;
      await page.locator(".collapsed-line").click();
      const detail = page.getByRole("dialog");
      await detail.getByRole("button", { name: "Delete", exact: true }).click();
      await question(page).waitFor();
      expect(await question(page).textContent()).toMatch(/totals of what was charged.*under the vendor's own terms/s);
      await confirm(page);
      await closeRemark(page);
      await expect.poll(() => page.locator("[data-kind]").count()).toBe(0);
      expect((await ask()).status).toBe(409);
      await page.reload();
      await page.locator(".welcome").waitFor();
      expect(await page.getByText("kept from nobody").count()).toBe(0);
      expect((await running.ledger()).length).toBe(paid);
    },
  );

  test.each(bothWidths)(
    "jobs are chosen and deleted together; one that has not ended cannot be chosen (%s)",
    async (width) => {
      verifies("console.deleting", "safe.deleting-jobs");
      const { page } = await open(widths[width]);
      await picture(page, `first ${width}`);
      await picture(page, `second ${width}`);
      await type(page, `/image held back ${width} [[slow 60s]]`);
      if (await page.locator(".jobs").isHidden()) {
        await page.locator(".jobs-toggle").click();
      }
      await page.locator(".jobs").getByRole("button", { name: "Select", exact: true }).click();
      for (const name of [`first ${width}`, `second ${width}`]) {
        await page.getByLabel(`Select: ${name}`).check();
      }
      expect(await page.getByLabel(`Select: held back ${width} [[slow 60s]]`).count()).toBe(0);
      expect(await isTooWide(page)).toBe(false);
      await page.locator(".jobs").getByRole("button", { name: "Delete…" }).click();
      await question(page).getByText("Delete these for good? (2)").waitFor();
      await confirm(page);
      await page.getByRole("dialog").getByText("Deleted: 2").waitFor();
      await closeRemark(page);
      await expect
        .poll(() =>
          page
            .locator(".jobs .job")
            .filter({ hasText: `second ${width}` })
            .count(),
        )
        .toBe(0);
    },
  );

  test.each(bothWidths)(
    "conversations are removed together and brought back, or deleted with their jobs (%s)",
    async (width) => {
      verifies("console.deleting", "console.conversations");
      const { page, conversation } = await open(widths[width]);
      await picture(page, `talk ${width}`);
      await page.getByRole("button", { name: "New conversation", exact: true }).click();
      await page.locator(".welcome").waitFor();
      await type(page, `/help`);
      await page.locator("[data-kind=reply]").waitFor();
      await page.locator(".conversation-choice").click();
      const list = page.getByRole("dialog");
      await list.getByRole("button", { name: "Select", exact: true }).click();
      const talk = page.getByLabel(`Select: /image talk ${width}`);
      await talk.check();
      expect(await isTooWide(page)).toBe(false);
      expect(await seriousProblems(page)).toEqual([]);
      await list.locator(".selection").getByRole("button", { name: "Remove" }).click();
      await list.getByRole("button", { name: "Undo" }).click();
      await talk.check();
      await list.getByRole("button", { name: "Delete with jobs and files…" }).click();
      await question(page).getByText("A conversation is deleted with all its messages and jobs").waitFor();
      await confirm(page);
      await closeRemark(page);
      await expect.poll(() => list.getByText(`/image talk ${width}`).count()).toBe(0);
      const { jobs } = (await (await fetch(`${running.url}/api/jobs`)).json()) as { jobs: { conversation: string }[] };
      expect(jobs.filter((job) => job.conversation === conversation)).toEqual([]);
    },
  );

  test.each(bothWidths)(
    "a voice is deleted at its vendor, too, or it is said that the vendor keeps it (%s)",
    async (width) => {
      verifies("console.deleting", "safe.deleting");
      const { page, conversation } = await open(widths[width]);
      const name = `Leaving ${width}`;
      await clone(conversation, name);
      await openView(page, /My voices/);
      await page.getByRole("button", { name: `Delete: ${name}` }).click();
      await question(page).waitFor();
      expect(await question(page).textContent()).toMatch(/offers no way to delete a voice|is asked to delete it/);
      await confirm(page);
      await closeRemark(page);
      await expect.poll(() => page.locator(".voices > li").filter({ hasText: name }).count()).toBe(0);
    },
  );
});
