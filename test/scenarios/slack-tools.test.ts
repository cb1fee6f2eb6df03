import { builtInTools, type Job, type Runtime, type Tool } from "@toolcast/core";
import { correctAction } from "@toolcast/core/chat";
import { describeTool, type FieldDescription, say } from "@toolcast/core/surface";
import { afterEach, expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { PickedFile } from "../fakes/slack/modal-values.ts";
import type { Person } from "../fakes/slack/person.ts";
import { openSlackRoom, type SlackRoom } from "../slack-room.ts";
import { verifies } from "../verifies.ts";

vi.setConfig({ testTimeout: 120_000 });

const rooms: SlackRoom[] = [];

afterEach(async () => {
  for (const room of rooms.splice(0)) {
    await room[Symbol.asyncDispose]();
  }
});

type Value = string | PickedFile;

const files: Readonly<Record<string, PickedFile>> = {
  image: { filename: "face.png", bytes: Buffer.from(fixture("picture.png")) },
  audio: { filename: "声音.wav", bytes: Buffer.from(fixture("tone.wav")) },
  video: { filename: "face.mp4", bytes: Buffer.from(fixture("avc.mp4")) },
};

/** Some names may be used only once. */
let texts = 0;
const unequal = () => {
  texts += 1;
  return texts;
};

/** A value that an input takes; null while there is nothing to choose from yet. */
async function valueFor(
  { name, kind, minimum = 1, choices = [], limits, completes, title }: FieldDescription,
  tool: Tool,
  suggest: (tool: Tool, field: string) => Promise<string | null>,
): Promise<Value | null> {
  switch (kind) {
    case "media":
      return files[limits!.kind]!;
    case "integer":
    case "decimal":
      return String(minimum);
    case "flag":
      return "true";
    case "choice":
      return choices[0]!.value;
    case "text":
      return completes ? suggest(tool, name) : `${title} ${unequal()}`;
    default:
      return kind satisfies never;
  }
}

const isSettled = ({ state, notices }: Job) =>
  state.phase === "succeeded" && notices.every((notice) => notice.state === "sent");
const isFile = (value: Value): value is PickedFile => typeof value !== "string";

interface Scene {
  room: SlackRoom;
  ada: Person;
  /** Everything the bot shows ada. */
  shown(): string[];
}

/** Everything is asked by typing; files come with a message, because a slash command takes none. */
async function byText({ room, ada }: Scene, { command, primary }: Tool, input: Map<string, Value>): Promise<void> {
  const quoted = (value: string) => `"${value}"`;
  const words = [...input].flatMap(([name, value]) =>
    isFile(value) ? [] : name === primary ? [quoted(value)] : [`--${name.replaceAll("_", "-")}`, quoted(value)],
  );
  const given = [...input.values()].filter(isFile);
  if (given.length > 0) {
    ada.say([command, ...words].join(" "), { in: ada.direct, files: given });
    await room.taken(room.platform.deliveries.at(-1)!);
  } else {
    await room.taken(ada.command(`/${command}`, words.join(" ")));
  }
}

/** Opens the form and fills in what is required, then what the form says is wrong. Adds that to the input. */
async function byForm(
  { room, ada }: Scene,
  tool: Tool,
  input: Map<string, Value>,
  more: (field: string) => Promise<Value | null>,
) {
  await room.taken(ada.command(`/${tool.command}`));
  await room.calm();
  for (let rounds = 0; ada.modal !== null && rounds < 4; rounds += 1) {
    const values = Object.fromEntries([...input].map(([name, value]) => [name, isFile(value) ? [value] : value]));
    const { errors } = await room.taken(ada.submit(values));
    for (const field of Object.keys(errors ?? {})) {
      input.set(field, (await more(field))!);
    }
  }
  expect(ada.modal, tool.command).toBeNull();
}

test.each([
  ["en-US", "en"],
  ["zh-CN", "zh-CN"],
] as const)("every tool is asked for by a form and by text, and answers (%s)", async (locale, language) => {
  verifies("slack.commands", "slack.form", "understood.both-languages");
  const room = await openSlackRoom();
  rooms.push(room);
  const { platform, installation } = room;
  const { provider } = installation;
  const ada = platform.person("ada", { locale });
  const { runtime } = await room.open({ policy: { operators: [`slack:${ada.id}`] } });
  const scene: Scene = {
    room,
    ada,
    shown: () =>
      [...ada.visibleMessages(), ...ada.visibleMessages(ada.direct)]
        .filter(({ byApp }) => byApp)
        .filter(({ text }) => text !== "@ada")
        .map(({ ts, text, buttons }) => `${ts}: ${text} ${buttons.map(({ actionId }) => actionId)}`),
  };
  const suggest = suggestions(runtime, ada);
  // One job stays open, to be listed and cancelled.
  provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
  provider.everyCheck = (reference) =>
    JSON.stringify(reference).includes("slow") ? { state: "pending", fraction: 0.5, checkAfterMs: 600_000 } : null;
  await room.taken(ada.command("/image", "a fox"));
  const open = room.newestJob().id;
  // What one kind leaves behind, the next can be asked about; erasing comes last.
  let left = builtInTools.filter(({ effect }) => effect === "spends");
  const rest = [
    ...builtInTools.filter(({ effect }) => effect === "reads"),
    ...builtInTools.filter(({ effect }) => effect === "changes"),
  ];
  while (left.length > 0) {
    const later: Tool[] = [];
    for (const tool of left) {
      const { fields } = describeTool(tool, "en");
      const sample = (name: string) => valueFor(fields.find((field) => field.name === name)!, tool, suggest);
      const needed = fields.filter(
        ({ name, required, role }) => required || name === tool.primary || role === "consent",
      );
      const names = new Set(needed.map(({ name }) => name));
      for (const [way, ask] of Object.entries({ form: byForm, text: byText })) {
        const input = new Map<string, Value>();
        for (const name of names) {
          input.set(name, (await sample(name)) ?? "");
        }
        if ([...input.values()].includes("")) {
          later.push(tool);
          break;
        }
        const before = new Set(scene.shown());
        const jobs = installation.jobs().length;
        await ask(scene, tool, input, sample);
        // A person's file is still being processed.
        await room.pass(5_000);
        await room.until(
          () => installation.jobs().every((job) => job.id === open || isSettled(job)),
          30 * 60_000,
          5_000,
        );
        const answers = scene.shown().filter((text) => !before.has(text));
        const what = `${tool.command} by ${way}: ${answers.join("\n")}`;
        expect(answers.length, what).toBeGreaterThan(0);
        expect(what).not.toContain(say({ key: "answer.unknown-command", values: { platform: "Slack" } }, language));
        // Tools that read may have nothing to read here.
        expect(tool.effect === "reads" ? "" : what).not.toContain(`:${correctAction}:`);
        expect(
          answers.every((text) => locale === "en-US" || /\p{Script=Han}/u.test(text)),
          what,
        ).toBe(true);
        const begun = installation.jobs().length > jobs ? room.newestJob() : null;
        expect([begun?.tool, begun?.state.phase], what).toEqual(
          tool.effect === "spends" ? [tool.name, "succeeded"] : [undefined, undefined],
        );
        for (const name of input.keys()) {
          names.add(name);
        }
      }
    }
    expect(later.length, later.map(({ command }) => command).join(", ")).toBeLessThan(left.length);
    left = later.length > 0 ? later : rest.splice(0);
  }
});

function suggestions(runtime: Runtime, { id }: Person) {
  return async ({ name }: Tool, field: string): Promise<string | null> => {
    const caller = {
      ...{ id: `slack:${id}`, name: "ada", locale: "en" as const, roles: [] },
      place: { surface: "slack", conversation: "none", address: {} },
    };
    return (await runtime.complete(name, field, "", caller))[0]?.value ?? null;
  };
}
