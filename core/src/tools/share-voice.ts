import { UsageError } from "../errors/errors.ts";
import type { Locale, LocalizedText } from "../ground/locale.ts";
import { listed } from "../messages/listed.ts";
import { inEveryLanguage, messages, type Sentence, say } from "../messages/sentence.ts";
import type { MessageAction } from "../surface/message.ts";
import { granteeSentence, grantees, nameOfGrantee, type Sharing } from "../voices/grantees.ts";
import type { Grantee, Voice } from "../voices/voice-book.ts";
import { flag, text, voice } from "./field.ts";
import { defineTool, type ToolAnswer, type ToolContext } from "./tool.ts";

/** The value that stands for everybody; it is what programs and buttons say. */
const everybody = "everybody";
/** The most buttons for people and roles; more would crowd out the message. */
const mostOffered = 3;
const suggested = 25;

/** Lets others use a voice, or stops that; only its maker can. Without `with`, it asks with whom. */
export const shareVoice = defineTool({
  name: "share_voice",
  command: "share",
  effect: "changes",
  title: { en: "Share a voice", "zh-CN": "共享音色" },
  summary: {
    en: "Lets a person, a role or everybody here use one of your voices, or stops that.",
    "zh-CN": "允许某人、某个角色或这里的所有人使用您的音色，或取消共享。",
  },
  primary: "voice",
  private: true,
  input: {
    voice: voice({
      title: { en: "Voice", "zh-CN": "音色" },
      summary: { en: "The name of one of your voices.", "zh-CN": "您的音色名称。" },
      ownOnly: true,
    }),
    with: text({
      title: { en: "With whom", "zh-CN": "共享给谁" },
      summary: {
        en: "everybody, or names or ids of people or roles, with commas. Left out: asks.",
        "zh-CN": "everybody（所有人），或用户、角色的名称或编号，以逗号分隔。不填则询问。",
      },
      maxLength: 500,
      completes: true,
      optional: true,
    }),
    shared: flag({
      title: { en: "Shared", "zh-CN": "共享" },
      summary: { en: "Yes to share, no to stop. Default yes.", "zh-CN": "“是”为共享，“否”为取消共享。默认共享。" },
      optional: true,
    }),
  },
  async complete(_field, partial, context) {
    const { locale } = context.caller;
    const wanted = partial.trim().toLowerCase();
    const all = [{ value: everybody, label: messages["share.with-everybody"][locale] }];
    const people = (await context.people()).map((one) => ({ value: one.id, label: labelOf(one, locale) }));
    return [...all, ...people]
      .filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(wanted))
      .slice(0, suggested);
  },
  async answer(input, context): Promise<ToolAnswer> {
    const { caller, voices } = context;
    const found = await voices.find(input.voice, caller, "voice");
    const { id, owner, name } = found;
    if (owner !== caller.id) {
      throw new UsageError({ key: "voice.not-yours-to-share", values: { name } }, "voice");
    }
    const isStopping = input.shared === false;
    if (input.with === undefined && !isStopping) {
      return question(found, context);
    }
    const named = input.with === undefined ? undefined : await whom(input.with, context);
    let before: Sharing = found;
    await voices.change(id, (current) => {
      before = current ?? found;
      return current && { ...current, ...changed(before, named, isStopping) };
    });
    const after = changed(before, named, isStopping);
    const isEverybodyNew = before.shared !== after.shared;
    const others = withoutThese(isStopping ? before : after, isStopping ? after : before);
    const different = [...(isEverybodyNew ? [everybody] : []), ...others.map((one) => one.id)];
    const people = listed([...(isEverybodyNew ? [messages["share.everybody"]] : []), ...others.map(nameOfGrantee)]);
    const still = grantees(after);
    const spoken = (sentence: Sentence) => say(sentence, caller.locale);
    if (different.length === 0) {
      const already = { key: "share.already", values: { name, people: listed(still) } } as const;
      return {
        message: {
          tone: "info",
          title: spoken(isStopping ? { key: "share.was-not", values: { name } } : already),
          lines: isStopping ? [spoken(stillShared(still))] : [],
        },
        data: dataOf(id, after),
      };
    }
    return {
      message: {
        tone: "success",
        title: spoken({ key: isStopping ? "share.stopped" : "share.done", values: { name, people } }),
        lines: isStopping ? [spoken(stillShared(still))] : [spoken({ key: "share.means" })],
        actions: [
          share(found, "share.undo", { with: different.join(","), shared: isStopping }, "plain", caller.locale),
        ],
      },
      data: dataOf(id, after),
    };
  },
});

/** Asks with whom, and offers whom the caller can name. */
async function question(voice: Voice, context: ToolContext): Promise<ToolAnswer> {
  const { id, name } = voice;
  const { locale } = context.caller;
  const now = grantees(voice);
  const has = new Set((voice.sharedWith ?? []).map((one) => one.id));
  const offered = (await context.people()).filter((one) => !has.has(one.id)).slice(0, mostOffered);
  return {
    message: {
      tone: "question",
      title: say({ key: "share.ask", values: { name } }, locale),
      lines: [
        ...(now.length === 0 ? [] : [say({ key: "share.now", values: { people: listed(now) } }, locale)]),
        say({ key: "share.means" }, locale),
      ],
      actions: [
        ...offered.map((one) => share(voice, inEveryLanguage(granteeSentence(one)), { with: one.id }, "plain", locale)),
        ...(voice.shared ? [] : [share(voice, "share.with-everybody", { with: everybody }, "plain", locale)]),
        {
          action: "form",
          subject: id,
          label: messages["share.with-others"][locale],
          style: "plain",
          form: { command: "share", input: { voice: name } },
        },
        ...(now.length === 0 ? [] : [share(voice, "share.stop", { shared: false }, "danger", locale)]),
      ],
    },
    data: { asked: "with", ...dataOf(id, voice), choices: [everybody, ...offered.map((one) => one.id)] },
  };
}

/** A button that shares, or stops that, without a form. */
function share(
  { id, name }: Pick<Voice, "id" | "name">,
  label: "share.undo" | "share.stop" | "share.with-everybody" | LocalizedText,
  rest: { with?: string; shared?: boolean },
  style: MessageAction["style"],
  locale: Locale,
): MessageAction {
  const text = typeof label === "string" ? messages[label] : label;
  // Its owner's name for it means this one: a person's own voices come first, and no two have the same name.
  const input = { voice: name, ...rest };
  return { action: "share", subject: id, label: text[locale], style, form: { command: "share", input }, atOnce: true };
}

/** Whom these names mean: everybody, and people or roles by id or by a name that only one of them has. */
async function whom(names: string, context: ToolContext): Promise<{ all: boolean; some: Grantee[] }> {
  const isAll = (word: string) =>
    [everybody, "everyone", ...Object.values(messages["share.everybody"]), "所有人"].includes(word.toLowerCase());
  const parts = names
    .split(/[,，、]/)
    .map((part) => part.trim().replace(/^@/, ""))
    .filter((part) => part !== "");
  if (parts.length === 0) {
    throw new UsageError({ key: "share.unknown", values: { name: names } }, "with");
  }
  const known = await context.people();
  const some = parts.filter((part) => !isAll(part)).map((part) => granteeNamed(part, known, context));
  return { all: parts.some(isAll), some };
}

function granteeNamed(name: string, known: readonly Grantee[], { caller }: ToolContext): Grantee {
  const wanted = name.toLowerCase();
  if (wanted === caller.id.toLowerCase()) {
    throw new UsageError({ key: "share.yourself" }, "with");
  }
  const exact = known.find(({ id }) => id.toLowerCase() === wanted);
  if (exact !== undefined) {
    return exact;
  }
  const called = known.filter(({ name: own }) =>
    (typeof own === "object" ? Object.values(own) : [own]).some((one) => one?.toLowerCase() === wanted),
  );
  const [only, another] = called;
  if (another !== undefined) {
    const ids = listed(called.map(({ id }) => id));
    throw new UsageError({ key: "share.several", values: { name, ids } }, "with");
  }
  if (only !== undefined) {
    return only;
  }
  if (!/^[a-z][a-z\d-]*:\S+$/.test(name)) {
    throw new UsageError({ key: "share.unknown", values: { name } }, "with");
  }
  return { id: name };
}

/** The sharing afterwards. `named` left out: everybody it is shared with. */
function changed(
  { shared, sharedWith = [] }: Sharing,
  named: { all: boolean; some: Grantee[] } | undefined,
  isStopping: boolean,
): Sharing {
  if (named === undefined) {
    return { shared: false, sharedWith: [] };
  }
  const rest = withoutThese({ shared, sharedWith }, { shared: false, sharedWith: named.some });
  return isStopping
    ? { shared: shared && !named.all, sharedWith: rest }
    : { shared: shared || named.all, sharedWith: [...rest, ...named.some] };
}

function withoutThese({ sharedWith = [] }: Sharing, { sharedWith: these = [] }: Sharing): Grantee[] {
  const ids = new Set(these.map(({ id }) => id));
  return sharedWith.filter(({ id }) => !ids.has(id));
}

function stillShared(people: LocalizedText[]): Sentence {
  return people.length === 0 ? { key: "share.only-you" } : { key: "share.still", values: { people: listed(people) } };
}

function labelOf(one: Grantee, locale: Locale): string {
  const label = say(granteeSentence(one), locale);
  return one.name === undefined
    ? label
    : say({ key: "voices.preset", values: { name: label, character: one.id } }, locale);
}

function dataOf(voice: string, { shared, sharedWith = [] }: Sharing) {
  return { voice, shared: shared || sharedWith.length > 0, everybody: shared, with: sharedWith.map(({ id }) => id) };
}
