import { readFile } from "node:fs/promises";
import { builtInTools, choice, defineTool, text } from "@toolcast/core";
import Keyv from "keyv";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { Delivery } from "../fakes/slack/deliveries.ts";
import { openSlackRoom, type SlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

const rooms: SlackRoom[] = [];
const open = async (...options: Parameters<typeof openSlackRoom>) => {
  const room = await openSlackRoom(...options);
  rooms.push(room);
  return room;
};

afterEach(async () => {
  vi.restoreAllMocks();
  for (const room of rooms.splice(0)) {
    await room[Symbol.asyncDispose]();
  }
});

const picture = async () => ({
  filename: "cat.png",
  bytes: await readFile(new URL("../../core/fixtures/picture.png", import.meta.url)),
});

const said = (en: string) => ({ title: { en, "zh-CN": en }, summary: { en, "zh-CN": en } });

describe("forms", () => {
  test.each(["a command without text", "the global shortcut", "a message's shortcut"])(
    "open before any store answers: %s",
    async (way) => {
      verifies("slack.form");
      const room = await open();
      const { runtime } = await room.open();
      const { platform } = room;
      const ada = platform.person("ada");
      const said = ada.say("what is this");
      const before = platform.requests.length;
      const never = () => new Promise<never>(() => {});
      for (const method of ["get", "set", "delete"] as const) {
        vi.spyOn(Keyv.prototype, method).mockImplementation(never);
      }
      Object.assign(runtime.inbox, { take: never, read: never, change: never, claim: never });
      const acts: Readonly<Record<string, () => Delivery>> = {
        "the global shortcut": () => ada.shortcut("open"),
        "a message's shortcut": () => ada.shortcut("tool:describe", said),
      };
      const act = acts[way]?.() ?? ada.command("/image");
      await platform.until(() => ada.modal !== null && act.state === "acknowledged", "the form");
      expect(platform.requests[before]?.target).toBe("views.open");
    },
  );

  test("that cannot be opened in time become a button that opens them with everything kept", async () => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const { platform } = room;
    const ada = platform.person("ada");
    platform.faults.next("views.open", { kind: "error", error: "expired_trigger_id" });
    await room.taken(ada.command("/image", "--size 1024x1024"));
    await room.pass(500);
    expect(ada.modal).toBeNull();
    const offer = ada.visibleMessages().at(-1);
    expect(offer).toMatchObject({ ephemeral: true });
    await room.taken(ada.press("Open the form", offer));
    await platform.until(() => ada.modal !== null, "the form");
    expect(ada.modal?.inputs.find(({ blockId }) => blockId === "size")?.value).toMatchObject({
      value: "1024x1024",
    });
  });

  test("ask for numbers as numbers, within their limits", async () => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/image", "--seed 7"));
    await room.platform.until(() => ada.modal !== null, "the form");
    const elements = Object.fromEntries(ada.modal?.inputs.map(({ blockId, element }) => [blockId, element]) ?? []);
    const whole = { type: "number_input", is_decimal_allowed: false };
    expect(elements.seed).toMatchObject({ ...whole, min_value: "0", max_value: "2147483647", initial_value: "7" });
    expect(elements.count).toMatchObject({ ...whole, min_value: "1" });
    expect(() => ada.submit({ prompt: "a fox", seed: "seven" })).toThrow("does not take seven");
    await room.taken(ada.submit({ prompt: "a fox", count: "1" }));
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    expect(room.newestJob().input).toMatchObject({ prompt: "a fox", seed: 7, count: 1 });
  });

  test("keep a number that is none as text, to be corrected", async () => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/image", "a fox --seed seven"));
    const [told] = ada.visibleMessages();
    await room.taken(ada.press("Correct it", told));
    await room.platform.until(() => ada.modal !== null, "the form");
    const seed = ada.modal?.inputs.find(({ blockId }) => blockId === "seed");
    expect([seed?.type, seed?.value]).toMatchObject(["plain_text_input", { value: "seven" }]);
    const wrong = await room.taken(ada.submit({}));
    expect(Object.keys(wrong.errors ?? {})).toEqual(["seed"]);
    await room.taken(ada.submit({ seed: "7" }));
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    expect(room.newestJob().input).toMatchObject({ prompt: "a fox", seed: 7 });
  });

  test("submitted again because Slack had no acknowledgement in time start one job", async () => {
    verifies("slack.form", "slack.acknowledged");
    const room = await open();
    const { runtime } = await room.open();
    const { platform, clock } = room;
    const ada = platform.person("ada");
    await room.taken(ada.command("/image"));
    await platform.until(() => ada.modal !== null, "the form");
    const { promise: stored, resolve: store } = Promise.withResolvers<void>();
    const take = runtime.inbox.take.bind(runtime.inbox);
    runtime.inbox.take = async (event) => {
      await stored;
      return take(event);
    };
    const submitted = ada.submit({ prompt: "a fox" });
    await room.calm();
    await clock.advance(3_000);
    expect([submitted.state, ada.modal === null]).toEqual(["missed", false]);
    const again = ada.submit({ prompt: "a fox" });
    await room.calm();
    store();
    expect((await room.taken(again)).state).toBe("acknowledged");
    await room.until(() => room.everythingSent());
    expect(ada.modal).toBeNull();
    expect(room.installation.jobs()).toHaveLength(1);
    expect(room.installation.provider.starts).toHaveLength(1);
    await room.taken(ada.press("Change", ada.visibleMessages()[0]));
    await platform.until(() => ada.modal !== null, "the form of its change");
    await room.taken(ada.submit({ prompt: "a fox" }));
    await room.until(() => room.installation.jobs().length === 2 && room.everythingSent());
  });

  test("say the same again about an input that is wrong again", async () => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/image"));
    await room.platform.until(() => ada.modal !== null, "the form");
    for (let round = 0; round < 2; round += 1) {
      // Nothing that anybody could read.
      const wrong = await room.taken(ada.submit({ prompt: "\u200b" }));
      expect([Object.keys(wrong.errors ?? {}), ada.modal === null]).toEqual([["prompt"], false]);
    }
    await room.taken(ada.submit({ prompt: "a fox" }));
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
  });

  test("show errors beside the input at fault, whatever kind of input it is", async () => {
    verifies("slack.form");
    const pair = defineTool({
      ...{ name: "pair", command: "pair", ...said("Pair"), effect: "reads" },
      input: { one: text({ ...said("One"), maxLength: 10 }), other: text({ ...said("Other"), maxLength: 10 }) },
      answer: async () => ({ message: { tone: "info", title: "", private: false }, data: null }),
    });
    const room = await open({ fileProcessingMs: 0 });
    await room.open({ tools: [...builtInTools, pair] });
    const ada = room.platform.person("ada");
    await room.taken(ada.shortcut("open"));
    await room.taken(ada.press("t1:begin:pair:"));
    await room.platform.until(() => ada.modal?.depth === 2, "the form");
    // Nothing that anybody could read.
    const wrong = await room.taken(ada.submit({ one: "a fox", other: "\u200b" }));
    expect(Object.keys(wrong.errors ?? {})).toEqual(["other"]);
    expect(ada.modal).not.toBeNull();
    ada.dismiss();
    ada.dismiss();
    await room.taken(ada.command("/describe"));
    await room.platform.until(() => ada.modal !== null, "the other form");
    const sound = { filename: "cat.png", bytes: Buffer.from(fixture("tone.wav")) };
    const given = await room.taken(ada.submit({ image: [sound], question: "what is this" }));
    expect(given.errors).toEqual({ image: expect.stringContaining("cat.png is not a picture") });
    expect(room.installation.jobs()).toEqual([]);
  });

  test("offer any number of choices, and of tools", async () => {
    verifies("slack.form");
    const choices = Array.from({ length: 250 }, (_, index) => ({ value: `${index}`, ...said(`Choice ${index}`) }));
    const answered: unknown[] = [];
    const tools = Array.from({ length: 60 }, (_, index) =>
      defineTool({
        ...{ name: `pick_${index}`, command: `pick${index}`, ...said(`Pick ${index}`), effect: "reads" },
        input: { which: choice({ ...said("Which"), choices }) },
        async answer(input) {
          answered.push(input);
          return { message: { tone: "info", title: "Picked", private: true }, data: null };
        },
      }),
    );
    const room = await open();
    await room.open({ tools: [...builtInTools, ...tools] });
    const ada = room.platform.person("ada");
    await room.taken(ada.shortcut("open"));
    const offered = [...builtInTools, ...tools].filter(({ operatorsOnly }) => !operatorsOnly).length;
    expect(ada.modal?.blocks.filter(({ type }) => type === "actions")).toHaveLength(Math.ceil(offered / 25));
    await room.taken(ada.press("t1:begin:pick59:"));
    await room.platform.until(() => ada.modal?.depth === 2, "the form");
    const groups = ada.modal?.inputs[0]?.element.option_groups as { label: { text: string }; options: unknown[] }[];
    expect(groups.map(({ label, options }) => [label.text, options.length])).toEqual([
      ["Choice 0 – Choice 99", 100],
      ["Choice 100 – Choice 199", 100],
      ["Choice 200 – Choice 249", 50],
    ]);
    await room.taken(ada.submit({ which: "Choice 249" }));
    expect(answered).toEqual([{ which: "249" }]);
  });

  test("accept a file, by the bot's token and from Slack's own host", async () => {
    verifies("slack.form");
    const room = await open();
    await room.open();
    const ada = room.platform.person("ada");
    await room.taken(ada.command("/describe"));
    await room.platform.until(() => ada.modal !== null, "the form");
    const file = ada.modal?.inputs.find(({ type }) => type === "file_input")?.blockId ?? "";
    await room.taken(ada.submit({ [file]: [await picture()] }));
    await room.until(() => room.installation.jobs().length === 1 && room.everythingSent());
    const loaded = room.platform.fileHost.requests.filter(({ method }) => method === "GET");
    expect(loaded.map(({ authorization }) => authorization)).toEqual([`Bearer ${room.platform.botToken}`]);
  });
});
