import type { Clock } from "../ground/clock.ts";
import type { Random } from "../ground/random.ts";
import type { StoreIdentity } from "../job/store-identity.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { untilKnown } from "./until-known.ts";

const keyBytes = 32;
/** How often a held store is asked whether it was released, in milliseconds. */
const askEveryMs = 1_000;
/** insufficient_privilege */
const forbidden = "42501";

export interface PostgresIdentityOptions {
  database: PostgresDatabase;
  clock: Clock;
  /** Generates the key. */
  random: Random;
  /** Whether an operator wants another key in place of the one there is. Default false. */
  newKey?: boolean;
}

/** What the database says about the store in it. */
export interface PostgresIdentity {
  identity: StoreIdentity;
  /**
   * The installation's secret key: 32 bytes, made by the first process. It is in the database because every process on
   * every host has to recognize the links and callback addresses that another one has given out.
   */
  secretKey: Uint8Array;
}

/**
 * The store contains the name of the server and of the database it was made in. A restored dump, or a database made from
 * a template, finds itself in another place; a standby that takes over is the same place.
 */
export async function openPostgresIdentity(options: PostgresIdentityOptions): Promise<PostgresIdentity> {
  const { database, clock, random, newKey = false } = options;
  const place = await placeOf(database);
  const drawKey = () => Buffer.from(random.bytes(keyBytes)).toString("base64url");

  const read = async () => {
    const [row] = await database.read("SELECT place, key FROM toolcast.store_identity");
    return { place: String(row?.place), key: String(row?.key) };
  };
  await untilKnown(() =>
    database.write(
      `INSERT INTO toolcast.store_identity (single, place, key) VALUES (true, :place, :key)
       ON CONFLICT (single) DO NOTHING`,
      { place, key: drawKey() },
    ),
  );
  if (newKey) {
    const key = drawKey();
    await untilKnown(() => database.write("UPDATE toolcast.store_identity SET key = :key", { key }));
  }
  const found = await read();
  let heldBy: Sentence | null = found.place === place ? null : { key: "store.database-copied" };
  let askedAt = clock.monotonic();
  let asking = false;

  /** A release in another process is noticed; whether a store is a copy never changes the other way. */
  function askAgain(): void {
    if (asking || clock.monotonic() - askedAt < askEveryMs) {
      return;
    }
    asking = true;
    askedAt = clock.monotonic();
    read()
      .then((known) => {
        if (known.place === place) {
          heldBy = null;
        }
      })
      // Asked again later.
      .catch(() => {})
      .finally(() => {
        asking = false;
      });
  }

  return {
    secretKey: new Uint8Array(Buffer.from(found.key, "base64url")),
    identity: {
      held() {
        if (heldBy !== null) {
          askAgain();
        }
        return heldBy;
      },
      // The first process has written where the store is.
      begin() {},
      async release() {
        await untilKnown(() => database.write("UPDATE toolcast.store_identity SET place = :place", { place }));
        heldBy = null;
      },
    },
  };
}

/** `<server>/<database>`; a server that does not say which one it is counts as unnamed. */
export async function placeOf(database: PostgresDatabase): Promise<string> {
  const [own] = await database.read("SELECT oid::text AS oid FROM pg_database WHERE datname = current_database()");
  const server = await database
    .read("SELECT system_identifier::text AS system FROM pg_control_system()")
    .then(([row]) => String(row?.system))
    .catch((error: unknown) => {
      if ((error as { code?: unknown }).code === forbidden) {
        return "";
      }
      throw error;
    });
  return `${server}/${own?.oid}`;
}
