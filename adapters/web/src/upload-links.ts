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
  make(owner: string, kind?: UploadLink["kind"]): { link: UploadLink; token: string };
  /** By its token; null when there is none. */
  named(token: string): UploadLink | null;
  /** By its id, for its owner. */
  owned(id: string, owner: string): UploadLink | null;
  /** Takes the link for one upload: true for exactly one caller while it is open. */
  take(id: string): boolean;
  /** The file has arrived: the link is over. */
  use(id: string, assetId: string): void;
  /** The file has not arrived: the link is open again. */
  release(id: string): void;
}

export function createUploadLinks(
  database: DatabaseSync,
  { clock, random }: { clock: Clock; random: Random },
): UploadLinks {
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
  const linkOf = (row: Record<string, unknown> | undefined): UploadLink | null => {
    if (row === undefined) {
      return null;
    }
    const { asset_id: assetId, kind } = row;
    const expiresAt = row.expires_at as number;
    const isOver = expiresAt <= clock.now();
    return {
      id: row.id as string,
      owner: row.owner as string,
      ...(kind === null ? {} : { kind: kind as NonNullable<UploadLink["kind"]> }),
      expiresAt,
      state: assetId !== null ? "used" : row.taken === 1 ? "taken" : isOver ? "expired" : "open",
      ...(assetId === null ? {} : { assetId: assetId as string }),
    };
  };
  return {
    make(owner, kind) {
      const id = randomId(random, "link");
      const token = Buffer.from(random.bytes(tokenBytes)).toString("base64url");
      forget.run(clock.now() - rememberedMs);
      insert.run(id, hashOf(token), owner, kind ?? null, clock.now() + uploadLinkLifeMs);
      return { link: linkOf(byId.get(id))!, token };
    },
    named: (token) => linkOf(byToken.get(hashOf(token))),
    owned(id, owner) {
      const link = linkOf(byId.get(id));
      return link?.owner === owner ? link : null;
    },
    take: (id) => take.run(id, clock.now()).changes === 1,
    use: (id, assetId) => void use.run(assetId, id),
    release: (id) => void release.run(id),
  };
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
