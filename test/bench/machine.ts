import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Machine } from "./page.ts";
import { temporaryFolder } from "./side-process.ts";
import { percentile } from "./statistics.ts";

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
    commitMs: commitMs(),
  };
}

function commitMs(): number {
  using folder = temporaryFolder();
  const database = new DatabaseSync(join(folder.path, "commits.sqlite"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (content TEXT)");
  const insert = database.prepare("INSERT INTO rows VALUES (?)");
  const taken = Array.from({ length: 200 }, () => {
    const began = performance.now();
    insert.run("x".repeat(500));
    return performance.now() - began;
  });
  database.close();
  return percentile(taken, 0.5);
}
