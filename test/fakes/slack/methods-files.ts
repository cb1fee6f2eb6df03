import type { FilesCompleteUploadExternalResponse, FilesInfoResponse } from "@slack/web-api";
import { isObject } from "../json.ts";
import { type Handlers, type Parts, postingPlace, threadStart, visibleChannel } from "./api-call.ts";
import { SlackError } from "./api-error.ts";
import type { Arguments } from "./arguments.ts";
import { slackLimits } from "./limits.ts";
import { readBlocks } from "./message-blocks.ts";
import { type Channel, isMember, type StoredFile } from "./world.ts";

type FileMethods =
  | "files.completeUploadExternal"
  | "files.delete"
  | "files.getUploadURLExternal"
  | "files.info"
  | "files.sharedPublicURL";

/** Uploads in three steps; the last one continues after its answer: type, size and shares follow later. */
export function fileHandlers(parts: Parts, uploadUrl: (file: StoredFile) => string): Handlers<FileMethods> {
  const { files, messages, app, ids } = parts;

  function place(values: Arguments): Channel[] {
    const given = [...values.list("channels"), ...(values.has("channel_id") ? [values.string("channel_id")] : [])];
    if (given.length > slackLimits.upload.channels) {
      throw new SlackError("channels_limit_exceeded");
    }
    return given.map((id) => {
      if (!/^[CDGU]/.test(id)) {
        throw new SlackError("invalid_channel");
      }
      const channel = id.startsWith("U") ? postingPlace(parts, id) : visibleChannel(parts, id);
      if (!isMember(channel, app.botUserId)) {
        throw new SlackError("not_in_channel");
      }
      if (channel.archived) {
        throw new SlackError("posting_to_channel_denied");
      }
      return postingPlace(parts, channel.id);
    });
  }

  function uploaded(values: Arguments): StoredFile[] {
    const given = values.structure("files");
    if (!Array.isArray(given) || given.length === 0) {
      throw new SlackError("invalid_arguments");
    }
    return given.map((item: unknown) => {
      const file = isObject(item) ? files.byId(String(item.id)) : null;
      if (file === null || file.userId !== app.botUserId || !["reserved", "uploaded"].includes(file.state)) {
        throw new SlackError("file_not_found");
      }
      if (file.state === "reserved") {
        throw new SlackError("file_update_failed");
      }
      if (isObject(item) && typeof item.title === "string") {
        file.title = item.title;
      }
      return file;
    });
  }

  return {
    "files.getUploadURLExternal"(values) {
      const length = values.integer("length", 0, 1);
      const altText = values.string("alt_txt");
      if (altText.length > slackLimits.upload.altText) {
        throw new SlackError("alt_txt_too_large");
      }
      const file = files.reserve({ name: values.string("filename"), userId: app.botUserId, length, altText });
      return { upload_url: uploadUrl(file), file_id: file.id };
    },
    "files.completeUploadExternal"(values) {
      const channels = place(values);
      const completed = uploaded(values);
      const blocks = readBlocks(values.structure("blocks", "invalid_blocks"), {
        files,
        ids,
        tooLong: "invalid_blocks",
      });
      // Slack describes no refusal for a thread that is gone: the files are taken and appear nowhere.
      const start = values.optional("thread_ts");
      const isGone = start !== null && channels.some((channel) => messages.find(channel.id, start) === null);
      const threads = isGone ? [] : channels.map((channel) => threadStart(messages, channel, start));
      const lost = isGone || (channels.length > 0 && files.takeNeverShare());
      let left = completed.length;
      const share = () => {
        left -= 1;
        // A file that is no picture and has an alternative text is taken and appears nowhere (python-slack-sdk 1818).
        const isDropped = completed.some(({ altText, mimetype }) => altText !== "" && !mimetype.startsWith("image/"));
        if (left > 0 || lost || isDropped) {
          return;
        }
        channels.forEach((channel, index) => {
          const threadTs = threads[index] ?? null;
          const message = messages.post({
            channel,
            userId: app.botUserId,
            text: values.string("initial_comment"),
            blocks: blocks ?? [],
            threadTs,
            subtype: "file_share",
            fileIds: completed.map(({ id }) => id),
          });
          for (const file of completed) {
            file.shares.push({ channelId: channel.id, ts: message.ts, threadTs });
          }
        });
      };
      for (const file of completed) {
        files.process(file, share);
      }
      return {
        files: completed.map((file) => files.payload(file)) as FilesCompleteUploadExternalResponse["files"],
      };
    },
    "files.info"(values) {
      const file = files.byId(values.string("file"));
      if (file === null || file.state === "reserved" || file.state === "uploaded" || !files.visibleToApp(file)) {
        throw new SlackError("file_not_found");
      }
      if (file.state === "deleted") {
        throw new SlackError("file_deleted");
      }
      const payload = files.payload(file) as FilesInfoResponse["file"];
      return { file: payload, comments: [], response_metadata: { next_cursor: "" } };
    },
    "files.delete"(values) {
      const file = files.byId(values.string("file"));
      if (file === null || !files.visibleToApp(file)) {
        throw new SlackError("file_not_found");
      }
      if (file.userId !== app.botUserId) {
        throw new SlackError("cant_delete_file");
      }
      if (file.state === "deleted") {
        throw new SlackError("file_deleted");
      }
      file.state = "deleted";
      file.bytes = null;
      return {};
    },
    // Only a person's token may do this, and this server issues none.
    "files.sharedPublicURL"() {
      throw new SlackError("not_allowed_token_type");
    },
  };
}
