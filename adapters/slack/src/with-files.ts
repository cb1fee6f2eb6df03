import type { Locale, Message } from "@toolcast/core";
import { type Answer, fileSources, markerOf, type ShowOptions } from "@toolcast/core/chat";
import { type Delivery, say } from "@toolcast/core/surface";
import { compose, type Prepared, prepare } from "./compose.ts";
import type { SlackChat, SlackContext } from "./context.ts";
import { postOnce } from "./own-messages.ts";
import { type MessageAddress, messageName, userOf } from "./place.ts";
import { sentences } from "./sentences.ts";
import type { Destination } from "./slack-api.ts";
import { methodBudget, postBudgets } from "./slack-failure.ts";

/** A message being sent, and its files. Slack shows files only in a message that was posted before them. */
export interface Showing {
  context: SlackContext;
  /** The key of the records of its message and files, also carried by its blocks. */
  id: string;
  message: Message;
  /** The user whom the files notify, because edits notify nobody. */
  user: string;
  options: ShowOptions;
}

/**
 * Posts the text, then the files in a thread below it, then edits the pictures into the text. Each step can be found
 * again after a crash.
 */
export async function postWithFiles(
  showing: Showing,
  to: Destination,
  { mentions }: { mentions: boolean },
): Promise<MessageAddress> {
  const { context, id, options, user } = showing;
  const { outbox, api } = context;
  const prepared = await prepare(context, showing.message, options);
  const mention = mentions ? { mention: user } : {};
  const hasFiles = prepared.files.length > 0;
  const [begun, done] = [markerOf(`${id}/begun`), options.marker ?? markerOf(id)];
  const marker = hasFiles ? begun : done;
  const message = await postOnce(context, to, { name: id, markers: [begun, done] }, () =>
    outbox.inLane(`channel:${to.channel}`, () =>
      outbox.send({ budgets: postBudgets(to.channel) }, async () =>
        api.post(to, await compose(context, prepared, { ...options, ...mention, marker })),
      ),
    ),
  );
  if (hasFiles) {
    await share(showing, prepared, { channel: message.channel, thread: to.thread ?? message.ts });
    await fill(showing, message, prepared, mention);
  }
  return message;
}

/** The same for an existing message of the bot: the files in its thread, then the text with the pictures. */
export async function editWithFiles(
  showing: Showing,
  own: MessageAddress,
  thread: string,
): Promise<{ hasFiles: boolean }> {
  const prepared = await prepare(showing.context, showing.message, showing.options);
  await share(showing, prepared, { channel: own.channel, thread });
  await fill(showing, own, prepared);
  return { hasFiles: prepared.files.length > 0 };
}

/** A short notice in a thread below an edited message; for those whose files have not notified its reader. */
export async function sayChanged(
  { context, chat }: SlackChat,
  { delivery, answer, locale }: { delivery: Delivery; answer: Answer; locale: Locale },
  to: Destination,
): Promise<void> {
  const { outbox, api } = context;
  await chat.tellChanged(delivery, answer, {
    ...{ locale, conversation: to.channel },
    async send({ options }) {
      const notice: Message = { tone: "info", title: say(sentences.changed, options.locale), private: false };
      const prepared = await prepare(context, notice, options);
      const message = await outbox.send({ budgets: postBudgets(to.channel) }, async () =>
        api.post(to, await compose(context, prepared, { ...options, mention: userOf(delivery.asker) })),
      );
      return { id: messageName(message) };
    },
  });
}

async function share({ context, id, user }: Showing, { files, assets }: Prepared, to: Destination): Promise<void> {
  if (files.length > 0) {
    const read = async () => {
      const contents = await fileSources(context.runtime, files, assets);
      return files.flatMap((file, index) => {
        const content = contents[index];
        return content === undefined ? [] : [{ file, content }];
      });
    };
    await context.uploads.share(id, to, { read, files, comment: `<@${user}>` });
  }
}

async function fill(
  { context, id, options }: Showing,
  message: MessageAddress,
  prepared: Prepared,
  mention: { mention?: string } = {},
): Promise<void> {
  const shown = { ...options, marker: options.marker ?? markerOf(id), ...mention, channel: message.channel };
  await context.outbox.send({ budgets: methodBudget("update") }, async () =>
    context.api.update(message, await compose(context, prepared, shown)),
  );
}
