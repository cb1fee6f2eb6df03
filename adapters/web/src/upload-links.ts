import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type Clock, type Random, randomId } from "@toolcast/core/engine";

/** How long a link may wait for its file. */
export const uploadLinkLifeMs = 30 * 60_000;
/**
 * Used and expired links are forgotten after this long; until then a page that was away can still learn what arrived.
 */
const rememberedMs = 24 * 60 * 60_000;
const tokenBytes = 16;

/** A link's state at one moment. `taken`: a file is arriving. */
export type UploadLinkState = "open" | "taken" | "used" | "expired";

export interface UploadLink {
  /** Identifies the link to its owner; grants no right to use it. */
  id: string;
  /** The person who gets the file. */
  owner: string;
  /** The expected kind of file, to help whoever chooses it. */
  kind?: "image" | "audio" | "video";
  expiresAt: number;
  state: UploadLinkState;
  /** What arrived. */
  assetId?: string;
}

/**
 * Links that each allow uploading one file. A token has 128 random bits and is stored only as a hash, so somebody who
 * reads the console's file cannot use it.
 */
export interface UploadLinks {
  make(owner: string, kind?: UploadLink["kind"]): Promise<{ link: UploadLink; token: string }>;
  /** By its token; null when there is none. */
  named(token: string): Promise<UploadLink | null>;
  /** By its id, for its owner. */
  owned(id: string, owner: string): Promise<UploadLink | null>;
  /** Takes the link for one upload: true for exactly one caller while it is open. */
  take(id: string): Promise<boolean>;
  /** The file has arrived: the link is over. */
  use(id: string, assetId: string): Promise<void>;
  /** The file has not arrived: the link is open again. */
  release(id: string): Promise<void>;
}

/** What both kinds of storage share. */
interface UploadLinkTools {
  clock: Clock;
  random: Random;
}

/** A link as it is stored. */
export interface UploadLinkRow {
  id: string;
  owner: string;
  kind: string | null;
  expiresAt: number;
  isTaken: boolean;
  assetId: string | null;
}

/** A new link's row, with its token, of which only the hash is stored. */
export function drawUploadLink({ clock, random }: UploadLinkTools): {
  id: string;
  token: string;
  tokenHash: string;
  expiresAt: number;
  /** Links that expired before this instant may be forgotten. */
  forgetBefore: number;
} {
  const token = Buffer.from(random.bytes(tokenBytes)).toString("base64url");
  const now = clock.now();
  return {
    ...{ id: randomId(random, "link"), token, tokenHash: hashOfToken(token) },
    ...{ expiresAt: now + uploadLinkLifeMs, forgetBefore: now - rememberedMs },
  };
}

export function uploadLinkOf(row: UploadLinkRow, { clock }: Pick<UploadLinkTools, "clock">): UploadLink {
  const { id, owner, kind, expiresAt, isTaken, assetId } = row;
  const isOver = expiresAt <= clock.now();
  return {
    ...{ id, owner },
    ...(kind === null ? {} : { kind: kind as NonNullable<UploadLink["kind"]> }),
    expiresAt,
    state: assetId !== null ? "used" : isTaken ? "taken" : isOver ? "expired" : "open",
    ...(assetId === null ? {} : { assetId }),
  };
}

export function hashOfToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

export function createUploadLinks(database: DatabaseSync, tools: UploadLinkTools): UploadLinks {
  const insert = database.prepare(
    "INSERT INTO upload_links (id, token_hash, owner, kind, expires_at) VALUES (?, ?, ?, ?, ?)",
  );
  const forget = database.prepare("DELETE FROM upload_links WHERE expires_at < ?");
  const byToken = database.prepare("SELECT * FROM upload_links WHERE token_hash = ?");
  const byId = database.prepare("SELECT * FROM upload_links WHERE id = ?");
  const take = database.prepare(
    "UPDATE upload_links SET taken = 1 WHERE id = ? AND taken = 0 AND asset_id IS NULL AND expires_at > ?",
  );
  const use = database.prepare("UPDATE upload_links SET asset_id = ? WHERE id = ?");
  const release = database.prepare("UPDATE upload_links SET taken = 0 WHERE id = ? AND asset_id IS NULL");
  const linkOf = (row: Record<string, unknown> | undefined): UploadLink | null =>
    row === undefined
      ? null
      : uploadLinkOf(
          {
            ...{ id: row.id as string, owner: row.owner as string, kind: row.kind as string | null },
            ...{ expiresAt: row.expires_at as number, isTaken: row.taken === 1 },
            assetId: row.asset_id as string | null,
          },
          tools,
        );
  return {
    async make(owner, kind) {
      const { id, token, tokenHash, expiresAt, forgetBefore } = drawUploadLink(tools);
      forget.run(forgetBefore);
      insert.run(id, tokenHash, owner, kind ?? null, expiresAt);
      return { link: linkOf(byId.get(id))!, token };
    },
    named: async (token) => linkOf(byToken.get(hashOfToken(token))),
    async owned(id, owner) {
      const link = linkOf(byId.get(id));
      return link?.owner === owner ? link : null;
    },
    take: async (id) => take.run(id, tools.clock.now()).changes === 1,
    use: async (id, assetId) => void use.run(assetId, id),
    release: async (id) => void release.run(id),
  };
}
