import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as suite from "@keyv/test-suite";
import { KeyvSqlite } from "@toolcast/core/engine";
import { Keyv } from "keyv";
import * as vitest from "vitest";
import { verifies } from "../verifies.ts";

const directory = mkdtempSync(join(tmpdir(), "toolcast-keyv-"));
const opened: KeyvSqlite[] = [];
const store = () => {
  const adapter = new KeyvSqlite({ file: join(directory, "state.sqlite") });
  opened.push(adapter);
  return adapter;
};

vitest.afterAll(async () => {
  await Promise.all(opened.map((adapter) => adapter.disconnect()));
  rmSync(directory, { recursive: true });
});

// The suite wants its own vitest's type; the two major versions agree in everything it uses.
const test = vitest as unknown as Parameters<typeof suite.default>[0];

vitest.describe("keyv's own suite", () => {
  verifies("survives.small-state");
  suite.default(test, Keyv, store);
  suite.keyvIteratorTests(test, Keyv, store);
});
