import { extname } from "node:path";
import type { JsonObject } from "../json.ts";
import type { Base } from "./context.ts";
import { type Channel, isMember, type StoredFile } from "./world.ts";

const signatures: readonly (readonly [string, string, RegExp])[] = [
  ["png", "image/png", /^\x89PNG/],
  ["jpg", "image/jpeg", /^\xff\xd8\xff/],
  ["gif", "image/gif", /^GIF8/],
  ["webp", "image/webp", /^RIFF....WEBP/s],
  ["wav", "audio/wav", /^RIFF....WAVE/s],
  ["mp4", "video/mp4", /^....ftyp/s],
  ["ogg", "audio/ogg", /^OggS/],
  ["mp3", "audio/mpeg", /^(ID3|\xff[\xf2\xf3\xfb])/],
  ["pdf", "application/pdf", /^%PDF/],
];

const texts = new Map([
  [".txt", "text"],
  [".md", "markdown"],
  [".json", "json"],
  [".csv", "csv"],
]);

/** The type by content, as Slack detects it; the name matters only for texts. */
function kindOf(name: string, bytes: Buffer): { filetype: string; mimetype: string } {
  const start = bytes.subarray(0, 16).toString("latin1");
  const found = signatures.find(([, , pattern]) => pattern.test(start));
  if (found !== undefined) {
    return { filetype: found[0], mimetype: found[1] };
  }
  const text = texts.get(extname(name).toLowerCase());
  return text === undefined
    ? { filetype: "binary", mimetype: "application/octet-stream" }
    : { filetype: text, mimetype: "text/plain" };
}

export interface Files {
  reserve(given: Pick<StoredFile, "name" | "userId" | "length" | "altText"> & { stub?: boolean }): StoredFile;
  /** Begins the processing: at a third of its time the file has a type, at two thirds it is shared, at its end it has a size. */
  process(file: StoredFile, share: () => void): void;
  /** Stops processing until `release`: files get no type, no shares and no size. */
  hold(): void;
  release(): void;
  /** The next `times` uploads are completed with `ok` but never shared. */
  neverShareNext(times?: number): void;
  takeNeverShare(): boolean;
  /** All fields of the file object once it is processed. */
  payload(file: StoredFile): JsonObject;
  /** As events show it to an app that has to request its details (Slack Connect). */
  eventPayload(file: StoredFile): JsonObject;
  byId(id: string): StoredFile | null;
  /** By `url_private` or permalink. */
  byAddress(address: string): StoredFile | null;
  /** The app sees its own files and those shared in its conversations. */
  visibleToApp(file: StoredFile): boolean;
  /** The app may read a file that was entered in one of its modals. */
  grant(file: StoredFile): void;
}

export function createFiles(
  { clock, ids, world, app, changed }: Base,
  { hostUrl, processingMs }: { readonly hostUrl: () => string; readonly processingMs: number },
): Files {
  let held: (() => void)[] | null = null;
  let neverShared = 0;
  const granted = new Set<string>();
  const channelsOf = (file: StoredFile, kinds: readonly Channel["kind"][]) => [
    ...new Set(
      file.shares.map(({ channelId }) => channelId).filter((id) => kinds.includes(world.channels.get(id)!.kind)),
    ),
  ];

  function sharesOf(file: StoredFile): JsonObject {
    const shares: Record<"public" | "private", Record<string, JsonObject[]>> = { public: {}, private: {} };
    for (const { channelId, ts, threadTs } of file.shares) {
      const channel = world.channels.get(channelId)!;
      const group = shares[channel.kind === "public" ? "public" : "private"];
      group[channelId] ??= [];
      group[channelId].push({
        ts,
        channel_name: channel.name,
        team_id: channel.teamId,
        share_user_id: file.userId,
        reply_users: [],
        reply_users_count: 0,
        reply_count: 0,
        ...(threadTs === null ? {} : { thread_ts: threadTs }),
      });
    }
    return Object.fromEntries(Object.entries(shares).filter(([, channels]) => Object.keys(channels).length > 0));
  }

  const files: Files = {
    reserve({ stub = false, ...given }) {
      const file: StoredFile = {
        ...given,
        stub,
        id: ids.next("F"),
        teamId: world.users.get(given.userId)?.teamId ?? world.team.id,
        createdAt: clock.now(),
        title: given.name,
        bytes: null,
        state: "reserved",
        mimetype: "",
        filetype: "",
        shares: [],
      };
      world.files.set(file.id, file);
      return file;
    },
    process(file, share) {
      file.state = "processing";
      const stages = [
        () => Object.assign(file, kindOf(file.name, file.bytes!)),
        share,
        () => {
          file.state = "ready";
        },
      ];
      for (const [index, stage] of stages.entries()) {
        const carryOut = () => {
          if (file.state === "processing") {
            stage();
            changed();
          }
        };
        const reach = () => (held === null ? carryOut() : held.push(carryOut));
        if (processingMs === 0) {
          reach();
        } else {
          clock.setTimer(Math.floor((processingMs * (index + 1)) / stages.length), reach);
        }
      }
    },
    hold() {
      held ??= [];
    },
    release() {
      const finishing = held ?? [];
      held = null;
      for (const finish of finishing) {
        finish();
      }
    },
    neverShareNext(times = 1) {
      neverShared += times;
    },
    takeNeverShare() {
      const taken = neverShared > 0;
      neverShared -= taken ? 1 : 0;
      return taken;
    },
    payload(file) {
      const ready = file.state === "ready";
      const isImage = file.mimetype.startsWith("image/");
      const at = Math.floor(file.createdAt / 1000);
      const path = `${hostUrl()}/files-pri/${file.teamId}-${file.id}`;
      const name = encodeURIComponent(file.name);
      return {
        id: file.id,
        created: at,
        timestamp: at,
        name: file.name,
        title: file.title,
        mimetype: file.mimetype,
        filetype: file.filetype,
        pretty_type: ready ? file.filetype.toUpperCase() : "",
        user: file.userId,
        user_team: file.teamId,
        editable: false,
        size: ready ? file.bytes!.byteLength : 0,
        mode: "hosted",
        is_external: false,
        external_type: "",
        is_public: channelsOf(file, ["public"]).length > 0,
        public_url_shared: false,
        display_as_bot: false,
        username: "",
        ...(file.altText === "" ? {} : { alt_txt: file.altText }),
        url_private: `${path}/${name}`,
        url_private_download: `${path}/download/${name}`,
        ...(isImage ? { thumb_360: `${path}/thumb_360/${name}` } : {}),
        permalink: `https://${world.team.domain}.slack.com/files/${file.userId}/${file.id}/${name}`,
        comments_count: 0,
        is_starred: false,
        channels: channelsOf(file, ["public"]),
        groups: channelsOf(file, ["private"]),
        ims: channelsOf(file, ["direct", "group"]),
        shares: sharesOf(file),
        has_more_shares: false,
        has_rich_preview: false,
        file_access: "visible",
      };
    },
    eventPayload(file) {
      return file.stub
        ? {
            id: file.id,
            created: Math.floor(file.createdAt / 1000),
            timestamp: Math.floor(file.createdAt / 1000),
            mode: "file_access",
            file_access: "check_file_info",
            user: file.userId,
            user_team: file.teamId,
          }
        : files.payload(file);
    },
    byId: (id) => world.files.get(id) ?? null,
    byAddress(address) {
      const id = /\bF0[A-Z0-9]{8}\b/.exec(address)?.[0];
      return id === undefined ? null : files.byId(id);
    },
    visibleToApp: (file) =>
      file.userId === app.botUserId ||
      file.shares.some(({ channelId }) => isMember(world.channels.get(channelId)!, app.botUserId)) ||
      granted.has(file.id),
    grant(file) {
      granted.add(file.id);
    },
  };
  return files;
}
