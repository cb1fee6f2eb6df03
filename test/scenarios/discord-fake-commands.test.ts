import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isCommandName } from "../fakes/discord/command-names.ts";
import { type DiscordFake, startDiscord } from "../fakes/discord/discord.ts";
import { type DrivenDiscord, rawCall } from "../fakes/discord/driven-client.ts";
import { isObject } from "../fakes/json.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

let clock: ManualClock;
let discord: DiscordFake;
let call: DrivenDiscord["call"];
let commands: string;

beforeEach(async () => {
  clock = createManualClock();
  discord = await startDiscord({ clock, rateLimits: false });
  call = rawCall(discord);
  commands = `/applications/${discord.applicationId}/commands`;
});

afterEach(async () => {
  await discord.close();
  discord.assertNoViolations();
});

const text = (name: string, more: object = {}) => ({ type: 3, name, description: "d", ...more });
const command = (more: object = {}) => ({ name: "image", description: "Makes a picture", ...more });
const withOptions = (...options: object[]) => command({ options });

describe("names", () => {
  test("are 1 to 32 letters, digits, marks of Devanagari and Thai, - _ and ', in lower case", () => {
    verifies("built.discord-fake");
    const letters = [..."abcxyz019-_'图片語ñй가กखि"];
    const strangers = [..."A É.,!/ \t😀@#:()+"];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...letters, ...strangers), { minLength: 0, maxLength: 40 }),
        (characters) => {
          const fits =
            characters.length >= 1 && characters.length <= 32 && characters.every((one) => letters.includes(one));
          expect(isCommandName(characters.join(""))).toBe(fits);
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 32 }), (characters) => {
        expect(isCommandName(characters.join(""))).toBe(true);
      }),
    );
  });

  test("and descriptions are localised to Discord's languages only, by the same rules", async () => {
    verifies("built.discord-fake");
    const localized = (name_localizations: object, description_localizations: object = {}) =>
      call("POST", commands, command({ name_localizations, description_localizations }));
    expect((await localized({ "zh-CN": "图片", "zh-TW": "圖片" }, { "zh-CN": "画一张图" })).status).toBe(201);
    expect((await localized({ zh: "图片" })).status).toBe(400);
    expect((await localized({ "zh-CN": "图 片" })).status).toBe(400);
    expect((await localized({}, { "zh-CN": "长".repeat(101) })).status).toBe(400);
    const plain = (await call("GET", commands)).list[0];
    const full = (await call("GET", `${commands}?with_localizations=true`)).list[0];
    expect([plain?.name_localizations, full?.name_localizations]).toEqual([
      undefined,
      { "zh-CN": "图片", "zh-TW": "圖片" },
    ]);
  });
});

describe("what is refused", () => {
  const many = (count: number, one: (index: number) => object) =>
    Array.from({ length: count }, (_, index) => one(index));
  const choice = (index: number) => ({ name: `c${index}`, value: `v${index}` });
  const cases: Record<string, object> = {
    "no description": { name: "image" },
    "a long description": command({ description: "x".repeat(101) }),
    "an upper-case name": command({ name: "Image" }),
    "26 options": withOptions(...many(26, (index) => text(`o${index}`))),
    "two options of one name": withOptions(text("a"), text("a")),
    "a required option after an optional one": withOptions(text("a"), text("b", { required: true })),
    "26 choices": withOptions(text("a", { choices: many(26, choice) })),
    "a long choice": withOptions(text("a", { choices: [{ name: "c", value: "x".repeat(101) }] })),
    "choices and autocomplete": withOptions(text("a", { autocomplete: true, choices: [choice(1)] })),
    "autocomplete of a boolean": withOptions({ ...text("a", { autocomplete: true }), type: 5 }),
    "a length above 6,000": withOptions(text("a", { max_length: 6_001 })),
    "a minimum above the maximum": withOptions({ ...text("a", { min_value: 3, max_value: 2 }), type: 4 }),
    "a fraction as bound of an integer": withOptions({ ...text("a", { min_value: 0.5 }), type: 4 }),
    "an unknown type of option": withOptions({ ...text("a"), type: 12 }),
    "subcommands beside options": withOptions({ ...text("a"), type: 1 }, text("b")),
    "a subcommand in a subcommand": withOptions({ ...text("a"), type: 1, options: [{ ...text("b"), type: 1 }] }),
    "choices of a boolean": withOptions({ ...text("a", { choices: [choice(1)] }), type: 5 }),
    "two choices of one name": withOptions(text("a", { choices: [choice(1), choice(1)] })),
    "a fraction as choice of an integer": withOptions({
      ...text("a", { choices: [{ name: "c", value: 0.5 }] }),
      type: 4,
    }),
    "a context twice": command({ contexts: [0, 0] }),
    "an unknown context": command({ contexts: [3] }),
    "an unknown kind of installation": command({ integration_types: [2] }),
    "permissions that are no bits": command({ default_member_permissions: "admin" }),
    "more than 8,000 characters": withOptions(
      ...many(5, (option) =>
        text(`o${option}`, {
          choices: many(25, (index) => ({ name: `${index}`.padEnd(40, "x"), value: `${index}`.padEnd(40, "y") })),
        }),
      ),
    ),
  };
  for (const [what, body] of Object.entries(cases)) {
    test(what, async () => {
      verifies("built.discord-fake");
      const answer = await call("POST", commands, body);
      expect([answer.status, answer.body.code, isObject(answer.body.errors)]).toEqual([400, 50035, true]);
      expect(discord.commands()).toEqual([]);
    });
  }

  test("101 commands, two with the same name, and contexts in a guild", async () => {
    verifies("built.discord-fake");
    const named = (index: number) => command({ name: `c${index}` });
    expect((await call("PUT", commands, many(101, named))).body.code).toBe(30032);
    expect((await call("PUT", commands, [command(), command()])).status).toBe(400);
    const inGuild = `/applications/${discord.applicationId}/guilds/${discord.guild.id}/commands`;
    expect((await call("POST", inGuild, command({ contexts: [0] }))).status).toBe(400);
    expect((await call("PUT", commands, many(100, named))).status).toBe(200);
  });

  test("commands in a guild that did not invite the app with commands", async () => {
    verifies("built.discord-fake");
    discord.guild.acceptsCommands = false;
    const inGuild = `/applications/${discord.applicationId}/guilds/${discord.guild.id}/commands`;
    const answer = await call("PUT", inGuild, [command()]);
    expect([answer.status, answer.body.code]).toEqual([403, 50001]);
  });
});

describe("registration", () => {
  test("replaces by name, keeps ids, and returns what was registered", async () => {
    verifies("built.discord-fake");
    const first = await call("POST", commands, command());
    const again = await call("POST", commands, withOptions(text("prompt", { required: true, max_length: 6_000 })));
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
    expect(again.body.version).not.toBe(first.body.version);
    expect(discord.commands()).toMatchObject([
      {
        name: "image",
        default_member_permissions: null,
        options: [{ name: "prompt", required: true, max_length: 6_000 }],
      },
    ]);
    const replaced = await call("PUT", commands, [command({ name: "speak" })]);
    expect(replaced.list.map(({ name }) => name)).toEqual(["speak"]);
    const id = String(replaced.list[0]?.id);
    expect((await call("PATCH", `${commands}/${id}`, { description: "Speaks" })).body.description).toBe("Speaks");
    expect((await call("DELETE", `${commands}/${id}`)).status).toBe(204);
    expect((await call("GET", `${commands}/${id}`)).body.code).toBe(10063);
  });

  test("creates at most 200 commands a day", async () => {
    verifies("built.discord-fake");
    for (let round = 0; round < 2; round += 1) {
      const batch = Array.from({ length: 100 }, (_, index) => command({ name: `r${round}-${index}` }));
      expect((await call("PUT", commands, batch)).status).toBe(200);
    }
    expect((await call("PUT", commands, [command()])).body.code).toBe(30034);
    await clock.advance(86_400_000);
    expect((await call("PUT", commands, [command()])).status).toBe(200);
  });
});

test("offers a command only where and to whom it is meant", async () => {
  verifies("built.discord-fake");
  const operators = discord.addRole("operators", ["MANAGE_GUILD"]);
  const ada = discord.person("ada");
  const olga = discord.person("olga", { roles: [operators] });
  await call("PUT", commands, [
    command({ name: "bills", default_member_permissions: "32", contexts: [0], integration_types: [0] }),
    command({ name: "closed", default_member_permissions: "0" }),
  ]);
  const open = { type: 1, name: "open", description: "d", options: [text("what", { required: true })] };
  await call(
    "POST",
    `/applications/${discord.applicationId}/guilds/${discord.guild.id}/commands`,
    command({ name: "vault", options: [open] }),
  );
  expect(() => ada.runCommand("bills")).toThrow(/may not/);
  expect(() => olga.runCommand("closed")).toThrow(/may not/);
  expect(() => ada.runCommand("bills", {}, { in: discord.direct(ada) })).toThrow(/there is no/);
  expect(() => ada.runCommand("vault", {}, { in: discord.direct(ada) })).toThrow(/there is no/);
  expect(() => ada.runCommand("vault open")).toThrow(/needs what/);
  expect(() => ada.runCommand("vault open", { what: "x" }, { installation: "user" })).toThrow(/not installed/);
  expect([olga.runCommand("bills").state, ada.runCommand("vault open", { what: "x" }).command]).toEqual([
    "waiting",
    "vault open",
  ]);
});
