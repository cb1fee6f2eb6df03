import type { Caller, Reply } from "@toolcast/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ada,
  createInstallation,
  type Installation,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
let process: RunningProcess;
beforeEach(async () => {
  installation = await createInstallation();
  process = await installation.open({
    policy: { operators: ["chat:operator"], access: [{ tool: "bills", allowed: ["chat:role:staff"] }] },
  });
  const audio = (await upload(process, "tone.wav")).id;
  const { id } = await startJob(process, "clone", { audio, consent: true, name: "mine" });
  await installation.until(() => installation.job(id).state.phase === "succeeded");
});
afterEach(() => installation[Symbol.asyncDispose]());

const grace: Caller = { ...ada, id: "chat:grace", name: "Grace" };
const alan: Caller = { ...ada, id: "chat:alan", name: "Alan", roles: ["chat:role:singers"] };
const operator: Caller = { ...ada, id: "chat:operator", name: "Olga" };
const share = (input: Record<string, unknown>, caller = ada) =>
  process.runtime.call({ tool: "share", input: { voice: "mine", ...input }, caller });
const asks = (caller: Caller) => startJob(process, "image", { prompt: "a fox" }, { caller });

async function users(): Promise<string[]> {
  const found = await Promise.all(
    [grace, alan, operator].map(async (caller) => {
      const reply = await process.runtime.call({ tool: "voices", input: {}, caller });
      const { voices } = (reply as Extract<Reply, { type: "answer" }>).data as { voices: unknown[] };
      return voices.length > 0 ? [String(caller.name)] : [];
    }),
  );
  return found.flat();
}

/** Presses a button of a reply that needs no form. */
async function press({ message }: Reply, label: string): Promise<Reply> {
  const action = message.actions?.find((one) => one.label === label);
  expect(action, label).toMatchObject({ atOnce: true });
  const { command: tool, input } = action!.form!;
  return process.runtime.call({ tool, input, caller: ada });
}

describe("sharing a voice", () => {
  test("asks with whom, and shares nothing until that is said", async () => {
    verifies("spending.voice-sharing");
    await asks(grace);
    const asked = await share({});
    expect(asked.message).toMatchObject({
      tone: "question",
      title: "With whom do you want to share the voice “mine”?",
      private: true,
    });
    expect(asked.message.actions?.map(({ label }) => label)).toEqual(["Grace", "Everybody here", "Somebody else…"]);
    expect(asked.message.lines?.join(" ")).toContain("You can stop sharing at any time");
    expect(await users()).toEqual([]);
    const chinese = await share({}, { ...ada, locale: "zh-CN" });
    expect(chinese.message.title).toBe("要与谁共享音色“mine”？");
    expect(chinese.message.actions?.at(-1)?.label).toBe("其他人…");
  });

  test("with a person lets nobody else use it, says so, and is undone by one press", async () => {
    verifies("spending.voice-sharing", "spending.voice-ownership");
    await asks(grace);
    const shared = await press(await share({}), "Grace");
    expect(shared.message).toMatchObject({ tone: "success", title: "The voice “mine” is now shared with: Grace." });
    expect(await users()).toEqual(["Grace"]);
    expect(
      await process.runtime.call({ tool: "speak", input: { text: "hi", voice: "mine" }, caller: grace }),
    ).toMatchObject({ type: "job" });
    const undone = await press(shared, "Undo");
    expect(undone.message).toMatchObject({
      title: "The voice “mine” is no longer shared with: Grace.",
      lines: ["Only you may use it now."],
    });
    expect(await users()).toEqual([]);
    await press(undone, "Undo");
    expect(await users()).toEqual(["Grace"]);
  });

  test("with a role reaches whoever has it, and a person is named by id, name or mention", async () => {
    verifies("spending.voice-sharing");
    expect((await share({ with: "chat:role:singers" })).message.title).toBe(
      "The voice “mine” is now shared with: role chat:role:singers.",
    );
    expect(await users()).toEqual(["Alan"]);
    await asks(grace);
    const again = await share({ with: "@grace, chat:role:singers" });
    expect(again.message.title).toBe("The voice “mine” is now shared with: Grace.");
    expect(await users()).toEqual(["Grace", "Alan"]);
    expect((await share({ with: "chat:grace" })).message.title).toContain("is already shared with");
  });

  test("stops for one of them while the others keep it, or for all, and each can be undone", async () => {
    verifies("spending.voice-sharing");
    await share({ with: "everybody" });
    await share({ with: "chat:grace、chat:alan" });
    expect(await users()).toEqual(["Grace", "Alan", "Olga"]);
    const stopped = await share({ with: "everybody", shared: "no" });
    expect(stopped.message).toMatchObject({
      title: "The voice “mine” is no longer shared with: everybody here.",
      lines: ["Still shared with: chat:grace, chat:alan."],
    });
    expect(await users()).toEqual(["Grace", "Alan"]);
    await press(stopped, "Undo");
    const ended = await press(await share({}), "Stop sharing");
    expect(await users()).toEqual([]);
    await press(ended, "Undo");
    expect(await users()).toEqual(["Grace", "Alan", "Olga"]);
    await share({ shared: "no" });
    expect((await share({ shared: "no" })).message).toMatchObject({
      tone: "info",
      lines: ["Only you may use it now."],
    });
  });

  test("names with whom to its owner alone", async () => {
    verifies("spending.voice-sharing");
    await share({ with: "chat:grace" });
    const lines = async (caller: Caller) =>
      (await process.runtime.call({ tool: "voices", input: {}, caller })).message.fields?.[0]?.value;
    expect(await lines(ada)).toContain("shared with: chat:grace");
    expect(await lines(grace)).toMatch(/by Ada, shared$/);
    const asked = await process.runtime.call({ tool: "delete_voice", input: { voice: "mine" }, caller: ada });
    expect(asked.message.lines).toContain("You share it with: chat:grace. They lose it, too.");
  });

  test("refuses a name that nobody or several have, and says how to name somebody", async () => {
    verifies("spending.voice-sharing", "understood.failure");
    await asks(grace);
    await asks({ ...grace, id: "chat:other-grace" });
    expect(await share({ with: "Grace" })).toMatchObject({
      type: "refused",
      failure: { field: "with" },
      message: { title: expect.stringMatching(/chat:other-grace, chat:grace/) },
    });
    for (const words of ["Nobody Known", ",", ada.id]) {
      expect(await share({ with: words }), words).toMatchObject({ type: "refused", failure: { field: "with" } });
    }
    expect(await users()).toEqual([]);
  });
});

test("people are suggested to each other only from where both ask in public; operators know everybody", async () => {
  verifies("spending.voice-sharing", "safe.owners");
  await asks(grace);
  await startJob(process, "image", { prompt: "a" }, { caller: { ...alan, private: true } });
  const elsewhere = { ...operator, id: "chat:eve", name: "Eve", place: { surface: "chat", conversation: "elsewhere" } };
  await asks(elsewhere);
  const suggested = async (caller: Caller) =>
    (await process.runtime.complete("share", "with", "", caller)).map(({ value }) => value);
  expect(await suggested(ada)).toEqual(["everybody", "chat:grace"]);
  expect(await suggested({ ...ada, roles: ["chat:role:own"] })).toEqual(["everybody", "chat:grace", "chat:role:own"]);
  expect(await suggested(operator)).toEqual([
    "everybody",
    "chat:eve",
    "chat:alan",
    "chat:grace",
    "chat:ada",
    "chat:role:singers",
    "chat:role:staff",
  ]);
});
