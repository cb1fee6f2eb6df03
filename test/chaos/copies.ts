import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "@toolcast/core/engine";
import type { AppReply, CallBody } from "./app-answer.ts";
import type { Chance } from "./chance.ts";
import type { SeenMessage } from "./chat-platform.ts";
import { type Child, startChild } from "./child.ts";
import { after } from "./crew.ts";
import { readLines } from "./room-surface.ts";
import type { DispatchLine, RoomLine, World } from "./settings.ts";
import { openStore, type TakeBackup } from "./store.ts";

/** Backups that are started while the original still runs, and thrown away. */
export interface Copies {
  /** How many were made and lived. */
  made: number;
  /** How many jobs were under way or waited when the restored data took the place of the original. */
  openWhenRestored: number;
  /** What a copy did that the original may do as well, and what else went wrong. */
  troubles: string[];
  /** No further copy is made; waits for the last one. */
  calm(): Promise<void>;
}

export interface CopiesOptions {
  world: World;
  takeBackup: TakeBackup;
  /** Acts while the store's machine is well: what is wrong with a copy is then the copy's. */
  whileWell: <T>(act: () => Promise<T>) => Promise<T>;
  chance: Chance;
  logDirectory: string;
  environment: Record<string, string>;
  /** Whether an app has begun to use the data: what nobody has used has no identity that a copy could lack. */
  isBegun: () => boolean;
  /** How many wishes have been made so far: there are more copies the more there are. */
  asked: () => number;
  /** After so many wishes no further copy is made, so that the run need not wait for one at its end. */
  lastAtWish: number;
  /** Real milliseconds between two copies. */
  everyMs: readonly [least: number, most: number];
  /** A process's lease, in real milliseconds: a copy lives longer, so that it takes its jobs over. */
  leaseMs: number;
}

/** There is one copy for each of so many wishes, and one besides. */
const wishesPerCopy = 60;
/** How long a copy may take to end, in real milliseconds. */
const endMs = 20_000;

/** Again and again takes a backup of the data while the apps work on it, and starts an app on the backup. */
export function runCopies(options: CopiesOptions): Copies {
  const { world, chance, asked, lastAtWish, everyMs } = options;
  const copies: Copies = { made: 0, openWhenRestored: 0, troubles: [], calm };
  const over = Promise.withResolvers<void>();
  let isCalm = false;
  const living = live();

  async function live(): Promise<void> {
    for (;;) {
      await Promise.race([over.promise, after(chance.between(...everyMs))]);
      if (!options.isBegun()) continue;
      // One is made however short the run is.
      const isOwed = copies.made === 0;
      if (isCalm && !isOwed) return;
      if (!isOwed && (asked() > lastAtWish || copies.made > asked() / wishesPerCopy)) continue;
      const directory = join(dirname(world.dataDirectory), `copy-${copies.made}`);
      copies.made += 1;
      copies.troubles.push(
        ...(await options.whileWell(async () => liveAsCopy(options, await options.takeBackup(world, directory)))),
      );
      rmSync(directory, { recursive: true, force: true });
    }
  }

  async function calm(): Promise<void> {
    isCalm = true;
    over.resolve();
    await living;
  }

  return copies;
}

/** Returns what was wrong with it: a copy pays for nothing, tells nobody anything, and takes nothing in. */
async function liveAsCopy({ logDirectory, environment, leaseMs }: CopiesOptions, world: World): Promise<string[]> {
  const [roomFile, dispatchFile, lagFile] = ["room.jsonl", "dispatches.jsonl", "lags.jsonl"].map((name) =>
    join(world.dataDirectory, name),
  ) as [string, string, string];
  const child = await startChild({
    program: "app",
    world: { ...world, roomFile, dispatchFile, lagFile },
    port: 0,
    logFile: join(logDirectory, "copies.log"),
    environment,
  });
  if (!("port" in child)) {
    return [`a copy did not come up: code ${child.code}, signal ${child.signal}`];
  }
  const troubles = await whileHeld(child, leaseMs);
  child.signal("SIGTERM");
  const ending = await Promise.race([child.ended, after(endMs)]);
  if (ending?.code !== 0) {
    child.signal("SIGKILL");
    troubles.push(`a copy ended with ${ending?.code ?? ending?.signal ?? "no end"}`);
  }
  // A start that the original made is written again when the copy takes its job over.
  const made = new Set(readLines<DispatchLine>(world.dispatchFile).map(({ attempt }) => attempt));
  const starts = readLines<DispatchLine>(dispatchFile).filter(({ attempt }) => !made.has(attempt)).length;
  const messages = readLines(roomFile).length;
  return starts + messages === 0
    ? troubles
    : [...troubles, `a copy began ${starts} starts and delivered ${messages} messages`];
}

/** Longer than a lease; what is asked of a copy meanwhile is refused. */
async function whileHeld(child: Pick<Child, "url">, leaseMs: number): Promise<string[]> {
  const body: CallBody = { tool: "image", input: { prompt: "asked of a copy" }, key: "copy", person: "person0" };
  try {
    const answer = await fetch(`${child.url}/calls`, { method: "POST", body: JSON.stringify(body) });
    const reply = (await answer.json()) as AppReply;
    await after(1.5 * leaseMs);
    return reply.type === "refused" && reply.sentence.includes("toolcast release")
      ? []
      : [`a copy answered ${JSON.stringify(reply)}`];
  } catch (error) {
    return [`a copy could not be asked: ${String(error)}`];
  }
}

/**
 * What is wrong with how apps treat the restored data before an operator has released it. Somebody who asks meanwhile is
 * answered: only what is said about jobs counts as delivered.
 */
export async function checkHeld(
  world: World,
  apps: () => Pick<Child, "url">[],
  leaseMs: number,
  aboutJobs: () => readonly SeenMessage[],
): Promise<string[]> {
  const before = { starts: attempts(world), inRoom: readLines(world.roomFile).length, onPlatforms: aboutJobs() };
  const [app] = apps();
  const troubles = app === undefined ? ["no app works on the restored data"] : await whileHeld(app, leaseMs);
  const starts = [...attempts(world)].filter((attempt) => !before.starts.has(attempt));
  const inRoom = readLines<RoomLine>(world.roomFile).slice(before.inRoom);
  const onPlatforms = aboutJobs()
    .toSorted((one, other) => one.createdAt - other.createdAt)
    .slice(before.onPlatforms.length);
  return [
    ...troubles,
    ...starts.map((attempt) => `the restored data began ${attempt}`),
    ...inRoom.map(({ id }) => `the restored data delivered ${id}`),
    ...onPlatforms.map(({ text }) => `the restored data delivered: ${text}`),
  ];
}

/** A job that is starting may be written again; only another attempt is another start. */
function attempts({ dispatchFile }: World): Set<string> {
  return new Set(readLines<DispatchLine>(dispatchFile).map(({ attempt }) => attempt));
}

/** An operator's command. */
export async function release(world: World, clock: Clock): Promise<void> {
  const store = await openStore(world, clock);
  await store.identity.release();
  await store.close();
}
