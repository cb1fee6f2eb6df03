import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import { copyOldStore, oldStore } from "../old-store.ts";
import { openTerminal } from "../toolcast-process.ts";
import { verifies } from "../verifies.ts";

test("the command line lists, shows and saves the jobs of an old store", async () => {
  verifies("survives.old-store");
  const terminal = openTerminal();
  try {
    const data = join(terminal.directory, "data");
    mkdirSync(data);
    copyOldStore(data);
    const run = (...args: string[]) => terminal.begin(args, { TOOLCAST_DATA_DIR: data }).ended;
    const id = oldStore.jobs["cli-sent"]!;

    const listed = await run("jobs", "--json");
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.out).toContain(id);
    expect((await run("job", id)).out).toMatch(/“by hand”[\s\S]*Kept for the person who asked/);
    const saved = await run("job", id, "--out", "saved.png", "--json");
    expect(JSON.parse(saved.out).job).toMatchObject({ id, state: "succeeded", input: { prompt: "by hand" } });
    expect(new Uint8Array(readFileSync(join(terminal.directory, "saved.png")))).toEqual(fixture("picture.png"));
  } finally {
    terminal.close();
  }
});
