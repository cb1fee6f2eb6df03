import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Runtime, systemClock, systemRandom } from "@toolcast/core";
import { createWebSurface, serveWeb } from "@toolcast/web";
import { expect, onTestFinished, test } from "vitest";
import { verifies } from "../verifies.ts";

/** What the console needs from a runtime before anybody has made a request. */
const idleRuntime = {
  tools: [],
  watch: () => () => {},
  isOperator: () => true,
  jobs: async () => [],
} as unknown as Runtime;

async function serve(token?: string, host?: string) {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-access-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const web = createWebSurface({ runtime: idleRuntime, directory, clock: systemClock, random: systemRandom, token });
  onTestFinished(() => web.close());
  const served = await serveWeb({ web, port: 0, host });
  onTestFinished(() => served.close());
  return served;
}

/** Built by hand, because `fetch` does not let us set Host and Origin. */
function ask(port: number, method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.once("error", reject);
    call.end();
  });
}

test("the console refuses foreign names and origins, and listens to other machines only with a token", async () => {
  verifies("safe.console");
  const { port } = await serve();
  expect(await ask(port, "GET", "/api/state", { Host: `127.0.0.1:${port}` })).toBe(200);
  expect(await ask(port, "GET", "/api/state", { Host: "rebound.example" })).toBe(421);
  const foreign = { Host: `127.0.0.1:${port}`, Origin: "http://elsewhere.example" };
  expect(await ask(port, "POST", "/api/press", foreign)).toBe(403);
  await expect(serve(undefined, "0.0.0.0")).rejects.toThrow(/token/);
});

test("with a token set, nothing is shown without it", async () => {
  verifies("safe.console");
  const { port } = await serve("a token nobody guesses");
  for (const path of ["/api/state", "/api/jobs", "/api/events", "/api/conversations/main/entries"]) {
    expect(await ask(port, "GET", path, {}), path).toBe(401);
  }
  expect(await ask(port, "GET", "/healthz", {})).toBe(200);
});
