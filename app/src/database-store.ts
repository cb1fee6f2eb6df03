import { type LocalizedText, type Logger, systemRandom as random } from "@toolcast/core";
// While the database is away, nothing else may be keeping the process alive.
import { waitingClock as clock, diagnosePostgres, openPostgresStore } from "@toolcast/core/engine";
import { sharedSessions } from "./cli/database-findings.ts";
import { ConfigurationError } from "./configuration/configuration-error.ts";
import type { Store } from "./store.ts";

interface DatabaseStoreOptions {
  logger: Logger;
  /** An operator wants a new key in place of the earlier one. */
  newKey: boolean;
  /** The sandbox has tables of its own: nothing ordered there may be started at a real vendor. */
  isSandbox: boolean;
  /** Whether to refuse it behind a pooler that does not keep sessions; two more connections for a moment. */
  checksSessions: boolean;
}

/**
 * Opens the store in a PostgreSQL database. Throws a `ConfigurationError` if the database refuses us, and a
 * `StorageError` while it cannot be reached.
 */
export async function openDatabaseStore(
  url: string,
  { logger, newKey, isSandbox, checksSessions }: DatabaseStoreOptions,
): Promise<Store> {
  try {
    // Before anything else: what a session sets there would reach the sessions of others.
    if (checksSessions && !(await diagnosePostgres({ url, random })).keepsSessions) {
      throw new ConfigurationError([{ variable: "DATABASE_URL", sentence: sharedSessions }]);
    }
    const schema = isSandbox ? "toolcast_sandbox" : "toolcast";
    const store = await openPostgresStore({ url, clock, random, logger, newKey, schema });
    return { ...store, unusable: null };
  } catch (error) {
    throw asRefusal(error);
  }
}

/** The same error, or what an operator can do about it. */
export function asRefusal(error: unknown): unknown {
  const sentence = sharedSessionCodes.has(codeOf(error)) ? sharedSessions : refusals[codeOf(error)];
  return sentence === undefined ? error : new ConfigurationError([{ variable: "DATABASE_URL", sentence }]);
}

/** A prepared statement is missing, or is there although this session did not make it. */
const sharedSessionCodes = new Set(["26000", "42P05"]);

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

const badLogin: LocalizedText = {
  en: "DATABASE_URL: the database refused the user name or password. Check both.",
  "zh-CN": "DATABASE_URL：数据库拒绝了用户名或密码，请检查。",
};

/** By PostgreSQL's error codes: what only an operator can change. */
const refusals: Readonly<Record<string, LocalizedText>> = {
  "28000": badLogin,
  "28P01": badLogin,
  "3D000": {
    en: "DATABASE_URL: there is no such database. Create it (CREATE DATABASE … ENCODING 'UTF8'), or correct its name.",
    "zh-CN": "DATABASE_URL：找不到该数据库。请先创建（CREATE DATABASE … ENCODING 'UTF8'），或更正名称。",
  },
  "42501": {
    en: "DATABASE_URL: this user may not create Toolcast's tables. Allow it: GRANT CREATE ON DATABASE … TO …",
    "zh-CN": "DATABASE_URL：该用户无权创建 Toolcast 的数据表。请授权：GRANT CREATE ON DATABASE … TO …",
  },
};
