import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Hono } from "hono";
import { expect, it } from "vitest";
import type { WebEnvironment } from "./console-context.ts";
import { pageRoutes } from "./page-files.ts";
import { temporaryDirectory } from "./testing/console.ts";

function pageIn(directory: string) {
  const app = new Hono<WebEnvironment>();
  pageRoutes(app, pathToFileURL(`${directory}/`));
  return (path: string) => app.request(path);
}

it("says how to build the page when it is not there", async () => {
  const response = await pageIn(temporaryDirectory())("/");
  expect(response.status).toBe(503);
  expect(await response.text()).toMatch(/npm run bundle -w @toolcast\/web.*尚未构建/s);
});

it("lets browsers keep hashed files but not the page, and serves nothing else", async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "assets"));
  writeFileSync(join(directory, "index.html"), "<!doctype html>");
  writeFileSync(join(directory, "secret.js"), "secret");
  writeFileSync(join(directory, "assets", "index-a1.js"), "script");
  writeFileSync(join(directory, "assets", "keys.json"), "{}");
  const get = pageIn(directory);
  expect((await get("/")).headers.get("cache-control")).toBe("no-cache");
  const script = await get("/assets/index-a1.js");
  expect(script.headers.get("content-type")).toContain("text/javascript");
  expect(script.headers.get("cache-control")).toContain("immutable");
  for (const path of [
    "/assets/..%2Fsecret.js",
    "/assets/%2e%2e/secret.js",
    "/secret.js",
    "/assets/keys.json",
    "/assets/none.js",
  ]) {
    expect((await get(path)).status, path).toBe(404);
  }
});
