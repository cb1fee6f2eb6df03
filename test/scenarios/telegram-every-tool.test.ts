import { builtInTools, type Job, type Runtime, type Tool } from "@toolcast/core";
import { describeTool, type FieldDescription } from "@toolcast/core/surface";
import { expect, test, vi } from "vitest";
import { fixture } from "../doubles/fixture-media.ts";
import type { Person } from "../fakes/telegram/person.ts";
import { newestJob, openTelegramRoom, shownText } from "../telegram-room.ts";
import { verifies } from "../verifies.ts";

vi.setConfig({ testTimeout: 120_000 });

const files = { image: ["photo", "picture.jpg"], audio: ["voice", "tone.ogg"], video: ["video", "avc.mp4"] } as const;
const isSettled = ({ state, notices }: Job) =>
  state.phase === "succeeded" && notices.every((notice) => notice.state === "sent");

test.each([
  ["en", "Cancel", "Go", "Correct it", /\w/],
  ["zh-CN", "取消", "开始", "修改", /\p{Script=Han}/u],
] as const)(
  "every tool is asked for by its command alone, and answered one question at a time (%s)",
  async (locale, cancel, go, correct, script) => {
    verifies("telegram.dialogue", "understood.both-languages");
    await using room = await openTelegramRoom();
    const { installation } = room;
    const ada = await room.member("Ada", { languageCode: locale === "en" ? "en" : "zh-hans" });
    const { runtime } = await room.open({ policy: { operators: [`telegram:${ada.id}`] } });
    const { provider } = installation;
    const shown = () => ada.visibleMessages().filter(({ fromBot }) => fromBot);
    // One job stays open, to be looked at and cancelled.
    provider.nextStart("image", { end: "operation", reference: { vendor: "slow" } });
    provider.everyCheck = (reference) =>
      JSON.stringify(reference).includes("slow") ? { state: "pending", fraction: 0.5, checkAfterMs: 600_000 } : null;
    ada.write("/image a fox");
    await room.calm();
    const open = newestJob(room).id;

    // What one kind leaves behind, the next can be asked about; what changes something comes last.
    const order = ["spends", "reads", "changes"] as const;
    let names = 0;
    for (const tool of order.flatMap((effect) =>
      builtInTools.filter((one) => one.effect === effect).toSorted(byNeed),
    )) {
      const { fields } = describeTool(tool, locale);
      const [jobs, before] = [installation.jobs().length, new Set(shown().map(({ id }) => id))];
      const asked: string[] = [];
      ada.write(`/${tool.command}`);
      await room.pass(5_000);
      for (let rounds = 0; rounds < 8 && installation.jobs().length === jobs; rounds += 1) {
        const question = shown().at(-1)!;
        const text = shownText(question.text);
        const field = fields.find(({ title }) => text.startsWith(`${title}\n`));
        const labels = question.buttons.map(({ label }) => label);
        if (labels[0] === correct) {
          ada.press(question, correct);
          await room.pass(5_000);
          continue;
        }
        if (!labels.includes(cancel)) break;
        if (field === undefined) {
          // Nothing is missing, or one of several inputs: what may be changed, and a button that begins.
          const main = fields.find(({ name }) => name === tool.primary)!;
          ada.press(question, asked.includes(main.name) ? go : main.title);
          await room.pass(5_000);
          continue;
        }
        asked.push(field.name);
        const [first] = question.buttons.filter(({ label }) => label !== cancel);
        if (first !== undefined) {
          ada.press(question, first.label);
        } else if (field.kind === "media") {
          const [kind, file] = files[field.limits!.kind];
          ada.send(kind, fixture(file));
        } else {
          names += 1;
          ada.write(
            (await suggestion(runtime, ada, tool, field)) ?? String(field.minimum ?? `${field.title} ${names}`),
          );
        }
        await room.pass(5_000);
      }
      // A question about consent, or about a price, is answered where it is asked.
      const held = installation.jobs().length > jobs && newestJob(room).state.phase === "held" ? shown().at(-1)! : null;
      if (held !== null) {
        ada.press(held, held.buttons[0]!.label);
      }
      await room.until(() => installation.jobs().every((job) => job.id === open || isSettled(job)), 30 * 60_000, 5_000);
      const answers = shown().filter(({ id }) => !before.has(id));
      const what = `${tool.command}: ${asked.join(", ")} -> ${answers.map(({ text, kind }) => `${kind} ${text}`).join(" | ")}`;
      expect(
        fields.filter(({ required, name }) => required && !asked.includes(name)).map(({ name }) => name),
        what,
      ).toEqual([]);
      expect(answers.length, what).toBeGreaterThan(asked.length);
      expect(
        answers.every(({ text, kind }) => kind !== "text" || script.test(text)),
        what,
      ).toBe(true);
      expect(
        answers.at(-1)?.buttons.some(({ label }) => label === cancel),
        what,
      ).toBe(false);
      const begun = installation.jobs().length > jobs ? newestJob(room) : null;
      expect([begun?.tool, begun?.state.phase], what).toEqual(
        tool.effect === "spends" ? [tool.name, "succeeded"] : [undefined, undefined],
      );
    }
  },
);

/** Those that need something made before, such as a voice, come later. */
function byNeed(one: Tool, other: Tool): number {
  const needs = (tool: Tool) =>
    describeTool(tool, "en").fields.filter(({ required, completes }) => required && completes);
  return needs(one).length - needs(other).length;
}

function suggestion(runtime: Runtime, { id }: Person, { name }: Tool, field: FieldDescription): Promise<string | null> {
  const caller = {
    ...{ id: `telegram:${id}`, name: "Ada", locale: "en" as const, roles: [] },
    place: { surface: "telegram", conversation: "none", address: {} },
  };
  return field.completes
    ? runtime.complete(name, field.name, "", caller).then(([first]) => first?.value ?? null)
    : Promise.resolve(null);
}
