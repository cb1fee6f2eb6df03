import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Violation } from "./audit-starts.ts";
import { readLines } from "./room-surface.ts";
import type { RunRecord } from "./run.ts";

export interface SecretsAudit {
  violations: Violation[];
  /** How many secret values were searched for. */
  values: number;
  /** How many bytes of logs and records were searched. */
  bytes: number;
}

/** Searches all that the apps wrote for every key and token, except the key's own file and the token's own record. */
export function auditSecrets({ world, environment, logDirectory, dump, chats }: RunRecord): SecretsAudit {
  const key = dump === null ? readFileSync(join(world.dataDirectory, "key")) : keyIn(dump);
  const keys = [...settingsIn(environment), ...formsOf(key)];
  const secrets = [...keys, ...tokensOf(world.sandboxDirectory)];
  // Until they expire, the inbox keeps them.
  const everywhereElse = [...secrets, ...chats.flatMap(({ credentials }) => credentials)];
  const audit: SecretsAudit = { violations: [], values: everywhereElse.length, bytes: 0 };
  const search = (name: string, text: string, wanted = secrets) => {
    audit.bytes += text.length;
    const at = firstOf(wanted, text);
    if (at !== null) {
      audit.violations.push({
        what: `a secret is in ${name}, at character ${at}, after ${text.slice(Math.max(0, at - 80), at)}`,
      });
    }
  };
  for (const file of readdirSync(logDirectory).filter((name) => name.startsWith("app"))) {
    search(file, readFileSync(join(logDirectory, file), "latin1"), everywhereElse);
  }
  for (const file of readdirSync(world.dataDirectory).filter((name) => name.startsWith("jobs.sqlite"))) {
    // Tokens are somewhere in these bytes, because their own records are.
    search(file, readFileSync(join(world.dataDirectory, file), "latin1"), keys);
  }
  search("the room", readFileSync(world.roomFile, "latin1"), everywhereElse);
  for (const { id, seen } of chats) {
    search(id, seen.map(({ text }) => text).join("\n"), everywhereElse);
  }
  const { tokens, others } = dump === null ? rowsOf(join(world.dataDirectory, "jobs.sqlite")) : rowsIn(dump);
  search("the database", others);
  if (firstOf(secrets, tokens) === null) {
    audit.violations.push({ what: "the search found no token where one must be: it proves nothing" });
  }
  return audit;
}

/** Where a text contains a secret, as it is or as part of JSON, an address or base64; null if it contains none. */
function firstOf(secrets: readonly string[], text: string): number | null {
  const forms = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("base64url"),
  ]);
  const found = forms.flatMap((form) => (form === "" || !text.includes(form) ? [] : [text.indexOf(form)]));
  return found.length === 0 ? null : Math.min(...found);
}

function settingsIn(environment: Record<string, string>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => (/_(?:KEY|SECRET|TOKEN)$/.test(name) ? [value] : []));
}

function tokensOf(sandboxDirectory: string): string[] {
  const changes = readLines<{ table: string; key: string }>(join(sandboxDirectory, "state.jsonl"));
  return [...new Set(changes.flatMap(({ table, key }) => (table === "tokens" ? [key] : [])))];
}

function formsOf(key: Buffer): string[] {
  return [key.toString("hex"), key.toString("base64"), key.toString("base64url"), key.toString("latin1")];
}

const identityTable = /^COPY \w+\.store_identity .*\n.*\n/m;

/** The installation's key, in a database's dump. */
function keyIn(dump: string): Buffer {
  const [key] = /[\w-]{43}/.exec(identityTable.exec(dump)?.[0] ?? "") ?? [];
  if (key === undefined) {
    throw new Error("the dump has no key");
  }
  return Buffer.from(key, "base64url");
}

/** Every row of a database's dump but the key's own. */
function rowsIn(dump: string): { tokens: string; others: string } {
  const lines = dump.replace(identityTable, "").split("\n");
  const isToken = (line: string) => /(?:^|\t)provider-xjc:/.test(line);
  return {
    tokens: lines.filter(isToken).join("\n"),
    others: lines.filter((line) => !isToken(line)).join("\n"),
  };
}

/** Every row of the database as text. */
function rowsOf(file: string): { tokens: string; others: string } {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const rows = tables.flatMap(({ name }) =>
      database
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) => ({ isToken: String(row.key).startsWith("provider-xjc:"), text: Object.values(row).join("\t") })),
    );
    const text = (tokens: boolean) =>
      rows
        .filter(({ isToken }) => isToken === tokens)
        .map((row) => row.text)
        .join("\n");
    return { tokens: text(true), others: text(false) };
  } finally {
    database.close();
  }
}
