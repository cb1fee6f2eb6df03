import type { KnownBlock, ModalView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { downloadFrom, type FileSource, SendError, truncate } from "@toolcast/core/chat";
import { fileBody, type Http, type HttpRequest } from "@toolcast/core/provider";
import type { MessageAddress } from "./place.ts";
import { failures, removed, unclear } from "./slack-failure.ts";

/** A message as it is sent. */
export interface Content {
  /** The text of notifications, in Slack's markup. */
  text: string;
  blocks: KnownBlock[];
}

/** Where the bot posts a message. */
export interface Destination {
  /** A channel, or a person's id for their conversation with the bot. */
  channel: string;
  thread?: string | undefined;
}

/** One of the bot's own messages as Slack returns it. */
export interface FoundMessage {
  ts: string;
  blocks?: unknown;
}

/** A file at Slack. One that it has not processed yet has an empty type, or a size of 0. */
export interface StoredFile {
  id: string;
  name: string;
  type: string;
  bytes: number;
  /** Its address, which requires the bot's token. Null if the bot may not read the file. */
  url: string | null;
  /** The channels it was shared in. */
  channels: string[];
}

/** What Slack says about a person. */
export interface Profile {
  name: string;
  locale: string;
  /** The workspaces they belong to: several in an organisation. */
  teams: string[];
  isStranger: boolean;
  isGuest: boolean;
}

/** Slack as this adapter uses it. Each call is one request, never retried; it rejects with what the library throws. */
export interface SlackApi {
  /** Which bot the token belongs to, and its scopes. */
  identify(): Promise<{ team: string; teamName: string; bot: string; botName: string; scopes: string[] }>;
  post(to: Destination, content: Content): Promise<MessageAddress>;
  update(message: MessageAddress, content: Content): Promise<void>;
  postEphemeral(to: Destination, user: string, content: Content): Promise<void>;
  /**
   * By the address that came with a command or press; it `expires` after five uses or 30 minutes. Only what everybody
   * sees can be in a `thread`.
   */
  respond(
    url: string,
    content: Content,
    options: { visible: boolean; replace?: boolean; thread?: string | undefined },
  ): Promise<void>;
  /** The messages of a channel or thread since that time, oldest first, with the cursor of the next page. */
  messages(
    from: Destination,
    since: string,
    cursor?: string,
  ): Promise<{ messages: FoundMessage[]; next: string | undefined }>;
  openView(trigger: string, view: ModalView, mode: "open" | "push"): Promise<string>;
  updateView(id: string, view: ModalView): Promise<void>;
  profile(user: string): Promise<Profile>;
  /** Every enabled user group with its members. */
  groups(): Promise<{ id: string; users: string[] }[]>;
  openDirect(user: string): Promise<string>;
  /** `alternative`: only for a picture, because Slack silently does not share any other file that has one. */
  reserveUpload(file: { name: string; bytes: number; alternative?: string }): Promise<{ id: string; url: string }>;
  upload(url: string, file: Pick<FileSource, "source" | "bytes">): Promise<void>;
  /** Completes uploads and shares them there as one message. */
  completeUploads(files: readonly { id: string; title: string }[], to: Destination, comment?: string): Promise<void>;
  file(id: string): Promise<StoredFile>;
  deleteFile(id: string): Promise<void>;
  /** Loads a file into `path`; with the token, so only from Slack's own hosts. */
  download(url: string, path: string, maxBytes: number): Promise<void>;
  /** Forgets the token: the workspace has revoked it. */
  forget(): void;
}

const sendWithinMs = 30_000;
const uploadWithinMs = 5 * 60_000;
const answerBytes = 64 * 1024;
const pageSize = 100;

/** `fileHosts`: the hosts that get the token when files are loaded, as `host` or `host:port`. */
export function createSlackApi(client: WebClient, http: Http, fileHosts: readonly string[]): SlackApi {
  let known: WebClient | null = client;
  const call = async <Result>(request: (slack: WebClient) => Promise<Result>): Promise<Result> => {
    if (known === null) {
      throw new SendError(removed());
    }
    return request(known);
  };
  const postTo = (...given: Parameters<typeof postNow>) => call(() => postNow(...given));

  async function postNow(
    url: string,
    body: NonNullable<HttpRequest["body"]>,
    contentType: string,
    timeoutMs: number,
  ): Promise<void> {
    const headers = { "content-type": contentType };
    const answer = await http.request({
      ...{ method: "POST", url, headers, body, trust: "configured", timeoutMs, maxBytes: answerBytes },
    });
    if (answer.status === 429) {
      throw new SendError(failures.limited(Number(answer.headers["retry-after"] ?? 30) * 1_000));
    }
    const said = truncate(answer.text(), 200);
    const [, code] = /"ok":\s*false,\s*"error":\s*"(\w+)"/.exec(said) ?? [];
    if (answer.status >= 500 || unclear.has(code)) {
      throw new SendError(failures.unknown(code ?? `HTTP ${answer.status}`));
    }
    if (answer.status !== 200 || code !== undefined) {
      throw new SendError(
        failures.refused({ detail: said, code, status: answer.status, reason: "sending.answer-closed" }),
      );
    }
  }

  const to = ({ channel, thread }: Destination) => ({
    channel,
    thread_ts: thread,
  });
  const quiet = { unfurl_links: false, unfurl_media: false } as const;

  return {
    identify: () =>
      call(async (slack) => {
        const { team_id, team, user_id, user, response_metadata } = await slack.auth.test();
        return {
          ...{ team: team_id ?? "", teamName: team ?? "", bot: user_id ?? "", botName: user ?? "" },
          scopes: response_metadata?.scopes ?? [],
        };
      }),
    post: (destination, content) =>
      call(async (slack) => {
        const { channel, ts } = await slack.chat.postMessage({ ...to(destination), ...content, ...quiet });
        return { channel: channel ?? destination.channel, ts: ts ?? "" };
      }),
    update: ({ channel, ts }, content) =>
      call(async (slack) => void (await slack.chat.update({ channel, ts, ...content }))),
    postEphemeral: (destination, user, content) =>
      call(async (slack) => void (await slack.chat.postEphemeral({ ...to(destination), user, ...content }))),
    respond: (url, content, { visible, replace = false, thread }) =>
      postTo(
        url,
        JSON.stringify({
          ...content,
          ...quiet,
          response_type: visible ? "in_channel" : "ephemeral",
          replace_original: replace,
          ...(visible && !replace ? { thread_ts: thread } : {}),
        }),
        "application/json; charset=utf-8",
        sendWithinMs,
      ),
    messages: ({ channel, thread }, since, cursor) =>
      call(async (slack) => {
        const page = { channel, oldest: since, limit: pageSize, cursor };
        const { messages = [], response_metadata } =
          thread === undefined
            ? await slack.conversations.history(page)
            : await slack.conversations.replies({ ...page, ts: thread });
        const found = messages.flatMap(({ ts, blocks }) => (ts === undefined ? [] : [{ ts, blocks }]));
        return { messages: found, next: response_metadata?.next_cursor || undefined };
      }),
    openView: (trigger_id, view, mode) =>
      call(async (slack) => {
        const opened = await slack.views[mode]({ trigger_id, view });
        return opened.view?.id ?? "";
      }),
    updateView: (view_id, view) => call(async (slack) => void (await slack.views.update({ view_id, view }))),
    profile: (user) =>
      call(async (slack) => {
        const { user: found = {} } = await slack.users.info({ user, include_locale: true });
        const { profile, real_name, name, locale, team_id, enterprise_user } = found;
        const { is_stranger, deleted, is_restricted, is_ultra_restricted } = found as typeof found & {
          is_stranger?: boolean;
        };
        return {
          name: (profile?.display_name || real_name || name || user).toWellFormed(),
          locale: locale ?? "en-US",
          teams: enterprise_user?.teams ?? (team_id === undefined ? [] : [team_id]),
          isStranger: Boolean(is_stranger || deleted),
          isGuest: Boolean(is_restricted || is_ultra_restricted),
        };
      }),
    groups: () =>
      call(async (slack) => {
        const { usergroups = [] } = await slack.usergroups.list({ include_users: true });
        return usergroups.flatMap(({ id, users = [] }) => (id === undefined ? [] : [{ id, users }]));
      }),
    openDirect: (users) => call(async (slack) => (await slack.conversations.open({ users })).channel?.id ?? users),
    reserveUpload: ({ name: filename, bytes: length, alternative }) =>
      call(async (slack) => {
        // As the reference and the service name it, unlike the library's types.
        const upload = { filename, length, alt_txt: alternative || undefined };
        const { file_id, upload_url } = await slack.files.getUploadURLExternal(upload);
        return { id: file_id ?? "", url: upload_url ?? "" };
      }),
    upload: (url, { source, bytes }) => {
      const body = typeof source === "string" ? fileBody(source, bytes) : source;
      return postTo(url, body, "application/octet-stream", uploadWithinMs);
    },
    completeUploads: (files, { channel, thread }, comment) =>
      call(async (slack) => {
        const [first, ...rest] = files;
        if (first !== undefined) {
          await slack.files.completeUploadExternal({
            files: [first, ...rest],
            channel_id: channel,
            thread_ts: thread,
            initial_comment: comment,
          } as Parameters<typeof slack.files.completeUploadExternal>[0]);
        }
      }),
    file: (file) =>
      call(async (slack) => {
        const { file: found = {} } = await slack.files.info({ file });
        const { id = file, name, mimetype, size, url_private_download, url_private, shares } = found;
        return {
          ...{ id, name: name ?? "file", type: mimetype ?? "", bytes: size ?? 0 },
          url: url_private_download ?? url_private ?? null,
          channels: [...Object.keys(shares?.public ?? {}), ...Object.keys(shares?.private ?? {})],
        };
      }),
    deleteFile: (file) => call(async (slack) => void (await slack.files.delete({ file }))),
    download: (url, path, maxBytes) =>
      call(({ token }) =>
        downloadFrom(http, {
          ...{ url, hosts: fileHosts, headers: { authorization: `Bearer ${token}` } },
          // With status 200 Slack asks to sign in.
          refusedAs: "text/html",
        })(path, maxBytes),
      ),
    forget() {
      known = null;
    },
  };
}
