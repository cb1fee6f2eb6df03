import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled } from "./bundled.ts";
import { freePort } from "./free-port.ts";
import { repository } from "./repository.ts";

/** `toolcast start` as its users start it: supervised, in sandbox mode, in its own folder. */
export interface RunningConsole {
  url: string;
  /** What the sandbox vendors have been paid for so far. */
  ledger(): Promise<{ text: string; vendor: string; endpoint: string }[]>;
  stop(): Promise<void>;
}

/** `environment`: settings beyond those that every test has. */
export async function startConsole({
  sandboxSpeed,
  environment = {},
}: {
  sandboxSpeed: number;
  environment?: Record<string, string>;
}): Promise<RunningConsole> {
  await bundled("@toolcast/web", "adapters/web/dist/page/index.html");
  const directory = mkdtempSync(join(tmpdir(), "toolcast-console-"));
  const port = await freePort();
  const child = spawn(process.execPath, [join(repository, "app", "bin", "toolcast.js"), "start"], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      LANG: "en_US.UTF-8",
      PORT: String(port),
      TOOLCAST_DATA_DIR: join(directory, "data"),
      SANDBOX_SPEED: String(sandboxSpeed),
      ...environment,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = once(child, "close");
  const url = `http://127.0.0.1:${port}`;
  // Only guards against hanging: it takes two seconds on a quiet machine.
  const deadline = Date.now() + 120_000;
  while (!(await isUp(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill();
      throw new Error(`toolcast start did not come up:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    async ledger() {
      const state = (await (await fetch(`${url}/api/state`)).json()) as { sandbox: { ledgerUrl: string } };
      const answer = await fetch(state.sandbox.ledgerUrl);
      return ((await answer.json()) as { entries: { text: string; vendor: string; endpoint: string }[] }).entries;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}
