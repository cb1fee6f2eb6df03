import { type Locale, type Message, type Place, UsageError } from "@toolcast/core";
import { type Answer, type ChatPort, markerOf, type ShowOptions } from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { compose, type Prepared, prepare } from "./compose.ts";
import type { SlackContext } from "./context.ts";
import { surfaceLimits } from "./limits.ts";
import { findMessage, postOnce, readDestination } from "./own-messages.ts";
import type { InboundFile } from "./payload.ts";
import {
  type Address,
  type Asked,
  addressOf,
  callerOf,
  type MessageAddress,
  messageName,
  ownMessage,
  placeOfWhisper,
  threadBelow,
  userOf,
} from "./place.ts";
import { sentences } from "./sentences.ts";
import type { Content, Destination } from "./slack-api.ts";
import { codeOf, codes, methodBudget, postBudgets, readFailure } from "./slack-failure.ts";
import { editWithFiles, postWithFiles, type Showing } from "./with-files.ts";

/** The facts of an event that are needed besides its answer. */
type AnswerFacts = { /** The message that was pressed is visible only to that person. */ replaces?: boolean };

/** Slack as the kit sees it. */
export function createSlackPort(context: SlackContext): ChatPort {
  return {
    limits: () => surfaceLimits,
    placeOf({ caller, message }) {
      const address = caller.place.address as Address;
      const ephemeral = (caller.private ?? false) && !address.direct;
      return { ...caller.place, address: { ...address, ephemeral, ...(message === undefined ? {} : { message }) } };
    },
    answerOf(place) {
      const address = addressOf(place);
      return address === null ? null : { id: address.answer, message: address.message };
    },
    // The transport's acknowledgement shows nothing; a message is shown when there is something to say.
    open: async () => ({ shown: true, message: null }),
    look: (answer) => look(context, answer),
    edit: (answer, message, options, purpose) => editAnswer(context, answer, message, { ...options, purpose }),
    editBudgets: (answer) => (ownMessage(answer) === null ? [] : methodBudget("update")),
    needsHandle: (answer) => answer.handle !== undefined && ownMessage(answer) === null,
    identify: async ({ caller, id }) => {
      const address = caller.place.address as Address;
      const user = userOf(caller.id);
      const person = await context.people.of(user).catch((error: unknown) => {
        if (readFailure(error).kind === "refused") {
          context.logger.warn({ reason: readFailure(error).detail }, "a person cannot be looked up");
          return undefined;
        }
        throw error;
      });
      const known = callerOf({ ...address, user }, id, person);
      const place = { ...caller.place, address: { ...address, locale: known.locale } };
      return { ...known, place, private: caller.private ?? false };
    },
    // Errors are found before anything is shown in public.
    withdraw: async (answer) => ownMessage(answer) === null,
    tell: (answer, message, options) => tell(context, answer, message, options),
    async showPressed(answer, message, options) {
      await editAnswer(context, answer, message, { ...options, purpose: "press" });
    },
    linkTo: (place, message) => linkTo(place, message),
    file(file) {
      const { id, name, size, mimetype, url_private_download, url_private } = file as InboundFile;
      return {
        name: name ?? "file",
        size,
        type: mimetype || undefined,
        async download(path, maxBytes) {
          // A file from another workspace comes as a stub, and one that was just sent is still being processed.
          const given = mimetype ? (url_private_download ?? url_private) : undefined;
          try {
            const url = given ?? (await context.uploads.ready(id)).url;
            if (url === null) {
              throw new Error("the file has no address");
            }
            await context.api.download(url, path, maxBytes);
          } catch (error) {
            throw (await isHidden(context, id, error)) ? hidden(context, name ?? "file") : error;
          }
        },
      };
    },
    slowProgressMs: 5_000,
  };
}

/** Whether a file could not be loaded because the bot may not see it: Slack does not say so where it is loaded. */
async function isHidden({ api, outbox }: SlackContext, id: string, error: unknown): Promise<boolean> {
  const means = (code: string | undefined) => code === codes.fileNotFound || code === codes.fileNotVisible;
  if (means(codeOf(error))) {
    return true;
  }
  return outbox
    .send({ budgets: methodBudget("file") }, () => api.file(id))
    .then(
      () => false,
      (reason: unknown) => means(codeOf(reason)),
    );
}

function hidden({ botName }: Pick<SlackContext, "botName">, name: string): UsageError {
  const values = { name, bot: botName() };
  const { hidden: sentence } = sentences;
  return new UsageError({ en: say(sentence, "en", values), "zh-CN": say(sentence, "zh-CN", values) });
}

/** By its marker, where it was posted. Undefined when it is not found, so it has not been shown yet. */
async function look(context: SlackContext, { id }: Answer): Promise<string | undefined> {
  for (const { channel, at } of await context.notes.sendsOf(noteOf(id))) {
    const found = await findMessage(context, readDestination(channel), at, [markerOf(id)]);
    if (found !== null) {
      return messageName(found);
    }
  }
  return undefined;
}

type EditOptions = ShowOptions & { purpose: "result" | "progress" | "press" };

/**
 * Shows a first answer: wherever the bot may write, as its own message, which is edited from then on. Elsewhere by the
 * address that came with the event. That shows another message each time, so it is not used for progress, and it takes
 * no files, so those come by direct message.
 */
async function editAnswer(
  context: SlackContext,
  answer: Answer,
  message: Message,
  { purpose, ...options }: EditOptions,
): Promise<string | null> {
  const address = addressOf(answer.caller.place);
  const own = ownMessage(answer);
  if (address === null || (own === null && purpose === "progress")) {
    return null;
  }
  const marked = { ...options, marker: options.marker ?? markerOf(answer.id) };
  const prepared = await prepare(context, message, options);
  const showing = { context, id: noteOf(answer.id), message, user: userOf(answer.caller.id), options: marked };
  if (own !== null) {
    try {
      // A message that can be pressed already has its files below it.
      if (prepared.files.length > 0 && purpose === "result") {
        await editWithFiles(showing, own, threadBelow(address, own));
      } else {
        const priority = purpose === "progress" ? purpose : "result";
        await context.outbox.send({ budgets: methodBudget("update"), priority }, async () =>
          context.api.update(own, await compose(context, prepared, { ...marked, channel: own.channel })),
        );
      }
      return messageName(own);
    } catch (error) {
      // What an address has shown where the bot is not is replaced by the address of a press.
      if (purpose !== "press" || answer.handle === undefined || readFailure(error).kind !== "refused") {
        throw error;
      }
    }
  }
  const hasFiles = prepared.files.length > 0;
  const content = (more: Partial<ShowOptions> = {}) => compose(context, prepared, { ...marked, ...more });
  if (address.ephemeral) {
    const isElsewhere = hasFiles && (await sendDirect(showing));
    const shown = isElsewhere
      ? await compose(context, await pointer(context, message, options), marked)
      : await content();
    const { replaces = false } = (answer.facts ?? {}) as AnswerFacts;
    const isSeen = await respond(context, answer, shown, { visible: false, replaces });
    if (!isSeen && !isElsewhere && !options.pointsElsewhere) {
      await whisper(context, userOf(answer.caller.id), address, shown);
    }
    return null;
  }
  const posted = own === null && !answer.byHandle ? await postAnswer(context, answer, address, content) : null;
  if (posted !== null) {
    if (hasFiles) {
      await editWithFiles(showing, posted, threadBelow(address, posted));
    }
    return messageName(posted);
  }
  const note = inviteNote(context, options.locale);
  if (
    await respond(context, answer, await content({ note }), { visible: true, replaces: answer.message !== undefined })
  ) {
    if (hasFiles) {
      await sendDirect(showing);
    }
    return null;
  }
  if (options.pointsElsewhere) {
    return null;
  }
  const direct = { ...address, channel: userOf(answer.caller.id), thread: undefined };
  const sent = await postAnswer(context, answer, direct, content);
  return sent === null ? null : messageName(sent);
}

/** How to get files here, where the bot may not write. */
export function inviteNote({ botName }: Pick<SlackContext, "botName">, locale: Locale): string {
  return say(sentences.invite, locale, { bot: botName() });
}

/** Sends the message with its files by direct message; false if Slack does not allow that. */
async function sendDirect(showing: Showing): Promise<boolean> {
  const { context, user } = showing;
  try {
    const channel = await directChannelOf(context, user);
    await postWithFiles(showing, { channel }, { mentions: false });
    return true;
  } catch (error) {
    if (readFailure(error).kind === "refused") {
      return false;
    }
    throw error;
  }
}

/** Says where the message was sent. */
function pointer(context: SlackContext, { tone }: Message, { locale }: ShowOptions): Promise<Prepared> {
  return prepare(context, { tone, title: say({ key: "answer.result-direct" }, locale), private: true }, { locale });
}

function noteOf(answer: string): string {
  return `answer/${answer}`;
}

/** Null if the bot may not write there, but another way reaches the place. */
async function postAnswer(
  context: SlackContext,
  answer: Answer,
  { channel, thread }: Destination,
  content: () => Promise<Content>,
): Promise<MessageAddress | null> {
  const { api, outbox } = context;
  const user = userOf(answer.caller.id);
  try {
    const isDirect = channel === user;
    const to = {
      channel: isDirect ? await directChannelOf(context, user) : channel,
      thread,
    };
    return await postOnce(context, to, { name: noteOf(answer.id), markers: [markerOf(answer.id)] }, () =>
      outbox.send({ budgets: postBudgets(to.channel) }, async () => api.post(to, await content())),
    );
  } catch (error) {
    if (readFailure(error).kind === "refused" && channel !== user) {
      return null;
    }
    throw error;
  }
}

/** The conversation between the bot and one person. */
export function directChannelOf({ api, outbox, notes }: SlackContext, user: string): Promise<string> {
  return notes.directChannelOf(user, () => outbox.send({ budgets: methodBudget("read") }, () => api.openDirect(user)));
}

/** Takes one of the uses of the event's address; false when none is left. */
export async function respond(
  { answers, api, outbox }: SlackContext,
  { id, caller }: Pick<Answer, "id" | "caller">,
  content: Content,
  { visible, replaces = false }: { visible: boolean; replaces?: boolean },
): Promise<boolean> {
  const handle = await answers.useHandle(id, "result");
  if (handle === null) {
    return false;
  }
  const thread = addressOf(caller.place)?.thread;
  await outbox.send({}, () => api.respond(String(handle.value), content, { visible, replace: replaces, thread }));
  return true;
}

/**
 * Shows a message to one person only, sent by the bot itself: where they asked if the bot is there, otherwise in their
 * conversation with it.
 */
export async function whisper(
  context: SlackContext,
  user: string,
  place: Pick<Asked, "channel" | "thread" | "opensThread" | "direct">,
  content: Content,
): Promise<void> {
  const { api, outbox } = context;
  const { channel, thread, direct = channel === user } = place;
  if (!direct) {
    try {
      await outbox.send({ budgets: methodBudget("view") }, () =>
        api.postEphemeral(placeOfWhisper(place), user, content),
      );
      return;
    } catch (error) {
      if (readFailure(error).kind !== "refused") {
        throw error;
      }
    }
  }
  const isNamed = direct && channel !== user;
  const to = isNamed ? { channel, thread } : { channel: await directChannelOf(context, user) };
  await outbox.send({ budgets: postBudgets(to.channel) }, () => api.post(to, content));
}

async function tell(context: SlackContext, answer: Answer, message: Message, options: ShowOptions): Promise<void> {
  const address = addressOf(answer.caller.place);
  if (address === null) {
    return;
  }
  const content = await compose(context, await prepare(context, message, options), options);
  if (!(await respond(context, answer, content, { visible: false }))) {
    await whisper(context, userOf(answer.caller.id), address, content);
  }
}

/** Opens the message in whichever workspace the reader is signed in to. */
function linkTo(place: Place, message: string): string | undefined {
  const [channel, ts] = message.split("/");
  const team = addressOf(place)?.team;
  return channel === undefined || ts === undefined || team === undefined
    ? undefined
    : `https://slack.com/app_redirect?team=${team}&channel=${channel}&message_ts=${ts}`;
}
