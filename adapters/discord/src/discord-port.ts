import type { Message, Place } from "@toolcast/core";
import { type Answer, type ChatPort, downloadFrom, type Opened, type ShowOptions } from "@toolcast/core/chat";
import { say } from "@toolcast/core/surface";
import { deferral, respondAlone } from "./acknowledge.ts";
import { type ComposeOptions, composeAndSend } from "./compose.ts";
import type { DiscordContext } from "./context.ts";
import { followUp } from "./follow-up.ts";
import { GuildLimits } from "./guild-limits.ts";
import type { InboundFile } from "./interaction.ts";
import { playsRecording } from "./layout.ts";
import { surfaceLimits } from "./limits.ts";
import { formInPlace, hasComponents } from "./message-form.ts";
import { type Address, addressOf, isEphemeral, onlyByToken, tokenOf } from "./place.ts";
import { botBudget, codes, readFailure } from "./rest-failure.ts";

/** Discord as the kit sees it. */
export function createDiscordPort(context: DiscordContext): ChatPort {
  const guildLimits = new GuildLimits(context);
  return {
    limits: limitsAt,
    placeOf({ caller, message }) {
      const address = { ...(caller.place.address as Address), ephemeral: caller.private ?? false };
      return { ...caller.place, address: { ...address, ...(message === undefined ? {} : { original: message }) } };
    },
    answerOf(place) {
      const address = addressOf(place);
      return address === null ? null : { id: address.interaction, message: address.original };
    },
    // A press plans nothing for its presser's place, and its acknowledgement may still be on its way.
    identify: async ({ caller, press }) => (press === undefined ? guildLimits.corrected(caller) : caller),
    open: (answer) => open(context, answer),
    look: (answer) => look(context, answer),
    edit: (answer, message, options, priority) => editAnswer(context, answer, message, { ...options, priority }),
    editBudgets: (answer) => (context.answers.isAlive(answer) ? [] : [botBudget]),
    needsHandle: onlyByToken,
    withdraw: (answer) => withdraw(context, answer),
    async tell(answer, message, options) {
      await followUp(context, answer, message, { ...options, ephemeral: true });
    },
    showPressed: (answer, message, options) => showPressed(context, answer, message, options),
    linkTo(place, message) {
      const { channel, guild = "@me" } = place.address as Address;
      return `https://discord.com/channels/${guild}/${channel}/${message}`;
    },
    file(file) {
      const { filename: name, size, content_type: type, url } = file as InboundFile;
      const download = downloadFrom(context.http, { url, hosts: context.fileHosts });
      return { name, size, type: type || undefined, download };
    },
  };
}

export function limitsAt(place: Place): typeof surfaceLimits {
  const address = addressOf(place);
  if (address === null) {
    return surfaceLimits;
  }
  const { fileBytes: mediaBytes, certainBytes: certainMediaBytes } = address;
  return { ...surfaceLimits, mediaBytes, certainMediaBytes };
}

/** "Thinking": the acknowledgement is the first answer. */
async function open(context: DiscordContext, answer: Answer): Promise<Opened> {
  const token = tokenOf(answer);
  return token === undefined
    ? { shown: false, unclear: false }
    : respondAlone(context, { id: answer.id, token: token.token }, deferral(answer.caller.private ?? false));
}

/** By its token; once that has expired, among the channel's messages, by the interaction a message belongs to. */
async function look({ outbox, api }: DiscordContext, answer: Answer): Promise<string | null> {
  const token = tokenOf(answer);
  const { channel } = answer.caller.place.address as Address;
  try {
    if (token !== undefined) {
      return (await outbox.send({}, () => api.getOriginal(token))).id;
    }
    const after = await outbox.send({ budgets: [botBudget] }, () => api.messagesAfter(channel, answer.id));
    return after.find(({ interaction_metadata: about }) => about?.id === answer.id)?.id ?? null;
  } catch (error) {
    if (readFailure(error).kind === "refused") {
      return null;
    }
    throw error;
  }
}

/**
 * Edits a first answer: by its token, later as the bot's own message. Gives the message's id; null when neither works
 * any more. The caller holds the answer's lane.
 */
async function editAnswer(
  context: DiscordContext,
  answer: Answer,
  message: Message,
  { priority, ...options }: ComposeOptions & { priority: "result" | "progress" },
): Promise<string | null> {
  const { api, outbox } = context;
  const token = tokenOf(answer);
  if (token !== undefined) {
    const asContent =
      options.asContent ?? (await formInPlace(context, message, {}, () => api.getOriginal(token))).asContent;
    const sent = await composeAndSend(context, message, { ...options, asContent }, (body) =>
      outbox.send({ priority }, async () => api.editOriginal(token, await body())),
    );
    return sent.id;
  }
  const { message: id } = answer;
  if (id === undefined || onlyByToken(answer)) {
    return null;
  }
  const { channel } = answer.caller.place.address as Address;
  const send = { budgets: [botBudget], priority };
  const form = await formInPlace(context, message, { budgets: [botBudget] }, () => api.getMessage(channel, id));
  await composeAndSend(context, message, { ...options, ...form }, (body) =>
    outbox.send(send, async () => api.editMessage(channel, id, await body())),
  );
  return id;
}

/** Called before any follow-up: a message after "thinking" replaces it, and the same people see it. */
async function withdraw({ api, outbox }: DiscordContext, answer: Answer): Promise<boolean> {
  const token = tokenOf(answer);
  if (token === undefined) {
    return false;
  }
  try {
    await outbox.send({}, () => api.deleteOriginal(token));
  } catch (error) {
    const failure = readFailure(error);
    if (failure.kind !== "refused" || failure.code !== codes.unknownMessage) {
      throw error;
    }
  }
  return true;
}

/**
 * In the message that was pressed, which keeps its form; a recording that it cannot play is sent in a message below it.
 */
async function showPressed(
  context: DiscordContext,
  answer: Answer,
  message: Message,
  shown: ShowOptions,
): Promise<void> {
  const isContent = !hasComponents(answer.facts as { flags?: number });
  const options: Parameters<typeof editAnswer>[3] = { ...shown, asContent: isContent, priority: "result" };
  if (isContent || !playsRecording(message, {})) {
    await editAnswer(context, answer, message, options);
    return;
  }
  await followUp(context, answer, message, { ...shown, ephemeral: isEphemeral(answer) });
  const note = say({ key: "answer.result-below" }, shown.locale);
  await editAnswer(context, answer, { ...message, media: [] }, { ...options, note });
}
