import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The browser to test with: `CHROMIUM_PATH`, else the first found in the usual places; undefined if there is none. */
function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  return CHROMIUM_PATH ?? usualPlaces.find((path) => existsSync(path));
}

/** Without a browser the tests that need one are skipped with a note on stderr; in CI (`CI=true`) they must not be. */
export function mustSkipWithoutChromium(): boolean {
  if (findChromium() !== undefined) {
    return false;
  }
  if (process.env.CI === "true") {
    throw new Error("No Chromium was found. Install one, or set CHROMIUM_PATH to it.");
  }
  process.stderr.write("Skipped: no Chromium was found. Set CHROMIUM_PATH to one to run the console's page.\n");
  return true;
}

/** `switches`: additional command-line switches for the browser. */
export function launchChromium(switches: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium()!,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...switches,
    ],
  });
}
