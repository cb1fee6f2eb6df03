import { isObject, type JsonObject } from "../json.ts";
import { threadStart } from "./api-call.ts";
import { SlackError } from "./api-error.ts";
import { createArguments } from "./arguments.ts";
import type { Base } from "./context.ts";
import type { Files } from "./files.ts";
import { slackLimits } from "./limits.ts";
import { readBlocks } from "./message-blocks.ts";
import type { Messages } from "./messages.ts";
import type { Channel, Message } from "./world.ts";

/** The reply address for one act of a person: 5 uses in 30 minutes. */
export interface ResponseUrl {
  readonly path: string;
  readonly userId: string;
  readonly channel: Channel;
  /** The message whose component was used; none for a slash command. */
  readonly source: Message | null;
  readonly createdAt: number;
  uses: number;
}

export interface ResponseUrls {
  readonly all: readonly ResponseUrl[];
  create(given: Pick<ResponseUrl, "userId" | "channel" | "source">): string;
  /** Carries out one use; throws Slack's refusals. */
  use(path: string, body: JsonObject): Message | null;
  /** Carries out the body of an acknowledgement: an answer that counts as no use. */
  answer(given: Pick<ResponseUrl, "userId" | "channel" | "source">, body: JsonObject): Message | null;
}

export function createResponseUrls(base: Base, files: Files, messages: Messages, url: () => string): ResponseUrls {
  const { ids, clock, app, world } = base;
  const byPath = new Map<string, ResponseUrl>();

  function answer({ userId, channel, source }: Pick<ResponseUrl, "userId" | "channel" | "source">, body: JsonObject) {
    const values = createArguments(body);
    if (channel.archived) {
      throw new SlackError("channel_is_archived");
    }
    const live = source === null ? null : messages.find(source.channelId, source.ts);
    if (values.flag("delete_original")) {
      if (live !== null) {
        messages.remove(live);
      }
      return null;
    }
    const blocks = readBlocks(values.structure("blocks", "invalid_blocks"), { files, ids, tooLong: "invalid_blocks" });
    const attachments = values.structure("attachments");
    const draft = {
      text: values.string("text"),
      blocks: blocks ?? [],
      attachments: Array.isArray(attachments) ? attachments.filter(isObject) : [],
    };
    if (draft.text === "" && draft.blocks.length === 0 && draft.attachments.length === 0) {
      throw new SlackError("no_text");
    }
    if (values.flag("replace_original") && live !== null) {
      messages.edit(live, draft);
      return live;
    }
    const isPublic = values.string("response_type") === "in_channel";
    return messages.post({
      ...draft,
      channel,
      userId: app.botUserId,
      // It appears in a thread only if that is named, and only for everybody (bolt-js 963).
      threadTs: isPublic ? threadStart(messages, channel, values.optional("thread_ts")) : null,
      ephemeralFor: isPublic ? null : userId,
      unfurl: { links: values.flag("unfurl_links"), media: values.flag("unfurl_media", true) },
    });
  }

  return {
    get all() {
      return [...byPath.values()];
    },
    create(given) {
      const kind = given.source === null ? "commands" : "actions";
      const path = `/${kind}/${world.team.id}/${ids.next("")}/${ids.secret()}`;
      byPath.set(path, { ...given, path, createdAt: clock.now(), uses: 0 });
      return `${url()}${path}`;
    },
    use(path, body) {
      const address = byPath.get(path);
      if (address === undefined || app.state !== "installed") {
        throw new SlackError("invalid_url");
      }
      if (clock.now() - address.createdAt >= slackLimits.responseUrl.livesMs) {
        throw new SlackError("expired_url");
      }
      if (address.uses >= slackLimits.responseUrl.uses) {
        throw new SlackError("used_url");
      }
      const message = answer(address, body);
      address.uses += 1;
      return message;
    },
    answer,
  };
}
