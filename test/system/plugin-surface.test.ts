import { afterAll, beforeAll, expect, test } from "vitest";
import { type Pinboard, startPinboard } from "../../docs/examples/toolcast-pinboard/test/board.ts";
import { createPluginHome, installCore, installExample, type PluginHome } from "../plugin-home.ts";
import { read } from "../repository.ts";
import { verifies } from "../verifies.ts";

let home: PluginHome;
let board: Pinboard;
let settings: Record<string, string>;

beforeAll(async () => {
  home = createPluginHome();
  for (const name of ["toolcast-inkpress", "toolcast-pinboard", "toolcast-postcard"]) {
    installExample(home, name);
  }
  await installCore(home);
  home.write("toolcast.config.mjs", read("docs/examples/toolcast.config.mjs"));
  board = await startPinboard();
  settings = { PINBOARD_URL: board.url, PINBOARD_TOKEN: board.token };
});

afterAll(() => {
  board.close();
  home.remove();
});

test("people on a surface from a plugin package ask for a picture and get it", async () => {
  verifies("built.plugins");
  const server = await home.serve(settings);
  try {
    await expect.poll(() => board.commands.map(({ command }) => command)).toContain("image");
    const person = { id: "ada", name: "Ada", locale: "en" };
    const asked = board.tell({
      ...{ id: "1", type: "command", channel: "main", person, command: "image" },
      ...{ input: { prompt: "a fox" }, private: false },
    });
    await expect.poll(() => board.messages.map(({ files }) => files.length), { timeout: 60_000 }).toEqual([1]);
    expect([asked.state, board.messages[0]?.text]).toEqual(["acknowledged", expect.stringMatching(/^Done: .*a fox/)]);
  } finally {
    await server.stop();
  }
});

test("the configuration of the examples brings their tools beside their surface", async () => {
  verifies("built.plugins");
  const tools = JSON.parse((await home.run(["tools", "--json"], settings)).out) as { name: string }[];
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["make_poster", "make_postcard"]));
});

test("its settings are checked and shown, its doctor asks the platform, and its token is never printed", async () => {
  verifies("built.plugins", "safe.no-secrets");
  const asked = await home.run(["doctor"], settings);
  expect(asked.out).toContain("The token belongs to Toolcast.");
  expect(`${asked.out}${asked.error}`).not.toContain(board.token);
  const missing = await home.run(["start", "--no-supervisor"], { PINBOARD_URL: board.url });
  expect([missing.code, missing.error]).toEqual([2, expect.stringContaining("PINBOARD_TOKEN is missing")]);
  const wrong = await home.run(["start", "--no-supervisor"], { ...settings, PINBOARD_TOKEN: "another-token" });
  expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining("Pinboard does not know this token.")]);
});
