import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createRedaction } from "../../app/src/redaction.ts";
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
export function auditSecrets({ world, environment, logDirectory }: RunRecord): SecretsAudit {
  const secrets = [...settingsIn(environment), ...tokensOf(world.sandboxDirectory), ...keyOf(world.dataDirectory)];
  const redact = createRedaction(secrets);
  const audit: SecretsAudit = { violations: [], values: secrets.length, bytes: 0 };
  const search = (name: string, text: string) => {
    audit.bytes += text.length;
    const clean = redact(text);
    if (clean !== text) {
      const at = [...clean].findIndex((letter, index) => letter !== [...text.slice(0, index + 1)].at(-1));
      audit.violations.push({ what: `a secret stands in ${name}, near ${clean.slice(Math.max(0, at - 80), at + 40)}` });
    }
  };
  for (const file of readdirSync(logDirectory).filter((name) => name.startsWith("app"))) {
    search(file, readFileSync(join(logDirectory, file), "latin1"));
  }
  for (const file of readdirSync(world.dataDirectory).filter((name) => name.startsWith("jobs.sqlite"))) {
    search(file, readFileSync(join(world.dataDirectory, file), "latin1"));
  }
  search("the room", readFileSync(world.roomFile, "latin1"));
  const { tokens, others } = smallState(join(world.dataDirectory, "state.sqlite"));
  search("small state", others);
  if (redact(tokens) === tokens) {
    audit.violations.push({ what: "the search found no token where one must be: it proves nothing" });
  }
  return audit;
}

function settingsIn(environment: Record<string, string>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => (/_(?:KEY|SECRET)$/.test(name) ? [value] : []));
}

function tokensOf(sandboxDirectory: string): string[] {
  const changes = readLines<{ table: string; key: string }>(join(sandboxDirectory, "state.jsonl"));
  return [...new Set(changes.flatMap(({ table, key }) => (table === "tokens" ? [key] : [])))];
}

function keyOf(dataDirectory: string): string[] {
  const key = readFileSync(join(dataDirectory, "key"));
  return [key.toString("hex"), key.toString("base64"), key.toString("base64url"), key.toString("latin1")];
}

function smallState(file: string): { tokens: string; others: string } {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare("SELECT key, value FROM small_state").all();
    const text = (isToken: boolean) =>
      rows
        .filter(({ key }) => String(key).startsWith("provider-xjc:") === isToken)
        .map(({ key, value }) => `${key}\t${value}`)
        .join("\n");
    return { tokens: text(true), others: text(false) };
  } finally {
    database.close();
  }
}
