import {
  answerLane,
  attachable,
  blockText,
  Chat,
  closedRoute,
  createChatKit,
  deliverBy,
  describeMessage,
  downloadFrom,
  filesOf,
  fitBlocks,
  formFields,
  gapBefore,
  messageButtons,
  readButtonId,
  readFiles,
  SendError,
  sendFailures,
  showsOther,
  textFile,
  unsentMedia,
  withKeptMedia,
} from "@toolcast/core/chat";
import { settingSchema } from "@toolcast/core/provider";
import { AdapterStartError, defineAdapter } from "@toolcast/core/surface";
import { z } from "zod";

const id = "pinboard";
const limits = { mediaPerMessage: 4, mediaBytes: 8_000_000, textCharacters: 2_000, updateIntervalMs: 5_000 };
const buttonLimits = { buttonIdBytes: 64, buttonLabelCharacters: 40, buttonsPerMessage: 8 };
const failures = sendFailures("Pinboard");
const readFailure = (error) => (error instanceof SendError ? error.failure : failures.connection(error));
/** One budget: the board says how long to wait, but not how much it accepts. */
const budgets = [{ name: "board" }];
const againAfterMs = 2_000;

/** Pinboard: a board of plain messages with buttons, over HTTP. */
export const pinboard = defineAdapter({
  id,
  title: { en: "Pinboard", "zh-CN": "留言板" },
  settings: [
    {
      variable: "PINBOARD_URL",
      summary: { en: "Address of the board.", "zh-CN": "留言板地址。" },
      required: true,
    },
    {
      variable: "PINBOARD_TOKEN",
      summary: { en: "Token of the bot.", "zh-CN": "机器人令牌。" },
      ...{ required: true, secret: true },
    },
  ],
  schema: z
    .object({
      PINBOARD_URL: z.string().refine(settingSchema.isSafeAddress),
      PINBOARD_TOKEN: settingSchema.requiredText("PINBOARD_TOKEN"),
    })
    .transform((given) => ({ url: given.PINBOARD_URL, token: given.PINBOARD_TOKEN })),
  hosts: ({ url }) => [settingSchema.hostOf(url)],
  create: async (settings, tools) => createPinboard(settings, tools),
  async doctor(settings, { http }) {
    try {
      const { bot } = await createSend(settings, http)("GET", "bot");
      const sentence = { en: `The token belongs to ${bot}.`, "zh-CN": `令牌属于 ${bot}。` };
      return [{ level: "ok", sentence }];
    } catch (error) {
      const { words } = readFailure(error);
      return [{ level: "error", sentence: { en: `No answer: ${words}.`, "zh-CN": `无法访问：${words}。` } }];
    }
  },
});

function createPinboard(settings, { runtime, state, http, trustedHosts, clock, logger }) {
  const send = createSend(settings, http);
  const kit = createChatKit({ surface: id, title: "Pinboard", runtime, state, clock, logger, readFailure, failures });
  const chat = new Chat(kit, createPort({ kit, send, http, trustedHosts }));
  const ended = new AbortController();
  let cancelWait = () => {};
  let away = null;

  /** Events come until they are acknowledged, including those of an earlier process. */
  async function listen() {
    for (let after = 0; !ended.signal.aborted; ) {
      try {
        const { events, next } = await send("GET", `events?after=${after}`, undefined, ended.signal);
        [after, away] = [next, null];
        for (const event of events) take(chat, send, event);
      } catch (error) {
        if (ended.signal.aborted) return;
        away = { en: "Pinboard cannot be reached.", "zh-CN": "无法连接留言板。" };
        logger.warn({ reason: readFailure(error).detail }, "Pinboard cannot be reached; trying again");
        await new Promise((resolve) => {
          cancelWait = resolve;
          clock.setTimer(againAfterMs, resolve);
        });
      }
    }
  }

  return {
    surface: {
      ...{ id, limits, routes: ["edit", "post"], privateRoutes: ["edit", "post"] },
      deliver: (route, delivery) => deliver({ kit, chat, send }, route, delivery),
      async find({ id: mark }) {
        const message = await look(send, mark);
        return message === null ? null : { receipt: { message } };
      },
      update: (delivery) => chat.update(delivery),
      forget: (person) => chat.forget(person),
    },
    async start() {
      try {
        const commands = runtime.tools.map(({ command, summary }) => ({ command, summary }));
        await send("PUT", "commands", { commands });
      } catch (error) {
        if (readFailure(error).status === 401) {
          const sentence = { en: "Pinboard does not know this token.", "zh-CN": "留言板不认识该令牌。" };
          throw new AdapterStartError("PINBOARD_TOKEN", sentence);
        }
        logger.warn({ reason: readFailure(error).detail }, "commands could not be registered");
      }
      await chat.recover();
      void listen();
    },
    async close() {
      ended.abort();
      cancelWait();
      await chat.close();
    },
    away: () => away,
  };
}

/** Pinboard as the kit sees it. */
function createPort({ kit, send, http, trustedHosts }) {
  const inBudget = (priority, request) => kit.outbox.send({ budgets, priority }, request);
  const edit = async (answer, message, options, priority) => {
    const at = answer.message ?? (await look(send, openingOf(answer)));
    if (at === null) throw new SendError(failures.refused({ detail: "no message", reason: "sending.message-gone" }));
    const body = await compose(kit, message, options);
    await inBudget(priority, () => send("PUT", `messages/${at}`, body));
    return at;
  };
  return {
    limits: () => limits,
    placeOf({ id: event, caller, message }) {
      const to = caller.private ? { to: personOf(caller.id) } : {};
      return { ...caller.place, address: { event, locale: caller.locale, ...to, ...(message ? { message } : {}) } };
    },
    answerOf: ({ address }) => (address?.event === undefined ? null : { id: address.event, message: address.message }),
    async open(answer) {
      const { conversation: channel, address } = answer.caller.place;
      const to = address?.to ?? (answer.caller.private ? personOf(answer.caller.id) : undefined);
      const body = { channel, to, mark: openingOf(answer), text: "…", placeholder: true };
      try {
        const { id: message } = await inBudget("answer", () => send("POST", "messages", body));
        return { shown: true, message };
      } catch (error) {
        return { shown: false, unclear: readFailure(error).kind !== "refused" };
      }
    },
    look: (answer) => look(send, openingOf(answer)),
    edit,
    editBudgets: () => budgets,
    needsHandle: () => false,
    async tell(answer, message, options) {
      const { id: event, caller } = answer;
      const body = await compose(kit, message, options);
      const to = personOf(caller.id);
      const sent = { ...body, channel: caller.place.conversation, to, mark: `tell:${event}` };
      await inBudget("result", () => send("POST", "messages", sent));
    },
    showPressed: (answer, message, options) => edit(answer, message, options, "result"),
    file({ name, url, size }) {
      return { name, size, download: downloadFrom(http, { url, hosts: trustedHosts }) };
    },
  };
}

/** An event of the board, parsed. Whatever it holds, the next event is served. */
function take(chat, send, given) {
  const parsed = eventSchema.safeParse(given);
  const acknowledge = (of) => () => send("POST", `events/${encodeURIComponent(of)}/taken`, {}).then(() => {});
  if (!parsed.success) {
    const event = typeof given?.id === "string" ? given.id : JSON.stringify(given ?? null);
    const problems = parsed.error.issues.length;
    chat.takeUnreadable(event.slice(0, 100), { problems }, { acknowledge: acknowledge(event) });
    return;
  }
  const event = parsed.data;
  const { locale } = event.person;
  const place = { surface: id, conversation: event.channel };
  const caller = { id: `${id}:${event.person.id}`, name: event.person.name, locale, place };
  const files = Object.entries(event.files ?? {}).map(([field, file]) => ({ field, file }));
  const ways = {
    acknowledge: acknowledge(event.id),
    openForm({ id: form, tool, given: known }) {
      const { input, files: given, among } = known;
      const values = { input, files: given.map(({ field }) => field), among };
      const fields = formFields(tool, values, { locale });
      return fields.length === 0 ? null : send("POST", "forms", { event: event.id, form, fields });
    },
    async refuse(message, options) {
      const body = await compose(chat.context, message, options);
      const to = event.person.id;
      await send("POST", "messages", { ...body, channel: event.channel, to, mark: `no:${event.id}` });
    },
  };
  const base = { id: event.id, caller, ways };
  if (event.type === "command") {
    const tool = chat.context.runtime.tools.find(({ command }) => command === event.command);
    const isPrivate = event.private || (tool?.private ?? false);
    chat.take({ ...base, event: "command", tool, given: { input: event.input, files, private: isPrivate } });
  } else if (event.type === "form") {
    chat.take({ ...base, event: "form", form: event.form, filled: event.filled, input: event.input, files });
  } else {
    const press = readButtonId(event.button);
    const taken = async () => ({ shown: true });
    chat.take(press ? { ...base, event: "press", press, message: event.message, taken } : { ...base, event: "gone" });
  }
}

/** Sends a delivery by one route. Its mark keeps it one message, however often it is sent. */
const deliver = deliverBy(({ address }) => address ?? null, {
  async post({ kit, chat, send, delivery, address, options }) {
    const { conversation: channel } = delivery.place;
    const body = { ...(await compose(kit, delivery.message, options)), mark: delivery.id, channel, to: address.to };
    const { id: message } = await kit.outbox.send({ budgets }, () => send("POST", "messages", body));
    await chat.tellElsewhere(delivery, { below: message }, address.locale);
    return { end: "sent", receipt: { message } };
  },
  async edit({ kit, chat, send, delivery, address, answer, options }) {
    const body = { ...(await compose(kit, delivery.message, options)), mark: delivery.id };
    return kit.outbox.inLane(answerLane(answer), async () => {
      const current = (await kit.answers.read(answer.id)) ?? answer;
      const at = current.message ?? answer.message ?? (await look(send, openingOf(answer)));
      if (at === null || showsOther(current, delivery)) {
        return closedRoute("sending.answer-closed", { chat, address });
      }
      await kit.outbox.send({ budgets }, () => send("PUT", `messages/${at}`, body));
      await chat.shown(answer.id, delivery, at);
      return { end: "sent", receipt: { message: at } };
    });
  },
});

/** A message as the board accepts it: plain text without any markup. */
async function compose(kit, given, { locale, marker, links, buttons: own, note }) {
  const { message, assets } = await withKeptMedia(kit.runtime, given, { limits, locale });
  const media = attachable(message, { limits });
  const blocks = describeMessage(message, { locale, unsent: unsentMedia(media, {}), ...(note ? { note } : {}) });
  const render = (shown) => shown.map((block, index) => `${gapBefore(shown, index)}${blockText(block)}`).join("");
  const { native: text } = fitBlocks(blocks, { render, measure: (words) => words.length }, limits.textCharacters);
  const shown = { locale, limits: buttonLimits, marker, links, buttons: own };
  const { buttons, kept } = messageButtons(message, media, shown);
  await kit.buttons.keep(kept);
  const wanted = [...filesOf(media), ...textFile(message.overflow, media, { limits })];
  const files = await readFiles(kit.runtime, wanted, assets);
  return { text, buttons, files: files.map(({ name, data }) => ({ name, base64: data.toString("base64") })) };
}

const openingOf = (answer) => `open:${answer.id}`;
const personOf = (caller) => caller.slice(id.length + 1);

/** The message with this mark; null when there is none. */
async function look(send, mark) {
  return (await send("GET", `messages?mark=${encodeURIComponent(mark)}`)).id;
}

/** One call. Throws a {@link SendError} when the board refuses, and what `http` throws when there is no answer. */
function createSend({ url, token }, http) {
  return async (method, path, body, signal) => {
    const answer = await http.request({
      ...{ method, url: `${url}/${path}`, signal, trust: "configured", timeoutMs: 60_000, maxBytes: 1_000_000 },
      headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const { status } = answer;
    if (status === 429) throw new SendError(failures.limited(Number(answer.headers["retry-after"] ?? 1) * 1_000));
    if (status >= 500) throw new SendError(failures.unknown(`HTTP ${status}`));
    if (status >= 400) throw new SendError(failures.refused({ detail: `HTTP ${status}`, status }));
    return JSON.parse(answer.text());
  };
}

const base = {
  id: z.string().min(1).max(100),
  channel: z.string().min(1).max(100),
  person: z.object({ id: z.string().min(1).max(100), name: z.string().max(100), locale: z.enum(["en", "zh-CN"]) }),
  files: z.record(z.string(), z.object({ name: z.string(), url: z.string(), size: z.number() })).optional(),
};
const input = z.record(z.string(), z.json());
const eventSchema = z.discriminatedUnion("type", [
  z.object({ ...base, type: z.literal("command"), command: z.string(), input, private: z.boolean() }),
  z.object({ ...base, type: z.literal("form"), form: z.string(), input, filled: z.array(z.string()) }),
  z.object({ ...base, type: z.literal("press"), button: z.string(), message: z.string() }),
]);
