import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Job, loadSecretKey, openSqliteEngine, type State, systemRandom } from "@toolcast/core";
import { type Clock, type JobEngine, mergeEarlierState } from "@toolcast/core/engine";
import { createWebSurface, type WebSurface } from "@toolcast/web";
import { type DiscordRoom, openRoom, type RoomProcess } from "./discord-room.ts";
import { createScriptedSurface, type Posted, type ScriptedSurface } from "./doubles/scripted-surface.ts";
import type { Interaction } from "./fakes/discord/interactions.ts";
import type { Person } from "./fakes/discord/person.ts";
import type { SavedDiscord } from "./fakes/discord/saved-discord.ts";
import type { Channel } from "./fakes/discord/world.ts";
import { repository } from "./repository.ts";

/** What `test/fixtures/store-v1/index.json` says about the store beside it. */
interface StoreIndex {
  /** When its process was killed, epoch milliseconds. */
  madeAt: number;
  /** Job ids by the purpose of the job. */
  jobs: Record<string, string>;
  /** Deliveries that people on the surface `chat` have seen, in order. */
  shownOnChat: { rung: "edit" | "post" | "direct"; id: string }[];
  /** An interaction on Discord whose answer is "thinking". */
  waitingInteraction: string;
  /** An interaction on Discord that was answered with a form. */
  openForm: string;
  uploadLink: { id: string; path: string };
}

interface SavedRoom extends SavedDiscord {
  people: { dora: string; emil: string };
  group: string;
  elsewhere: string;
}

const folder = join(repository, "test", "fixtures", "store-v1");
const readJson = <Value>(name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Value;

export const oldStore = readJson<StoreIndex>("index.json");

/** Writes the store as the files of a data directory. */
export function copyOldStore(directory: string): void {
  for (const name of ["jobs", "state", "console"]) {
    const database = new DatabaseSync(join(directory, `${name}.sqlite`));
    database.exec("BEGIN");
    database.exec(readFileSync(join(folder, `${name}.sql`), "utf8"));
    if (name === "state") {
      // Keyv reads its own note of a lifetime by the machine's clock; the store reads the column by its clock.
      database.exec("UPDATE small_state SET value = json_remove(value, '$.expires')");
    }
    database.exec("COMMIT");
    database.close();
  }
  cpSync(join(folder, "media"), join(directory, "media"), { recursive: true });
  cpSync(join(folder, "key"), join(directory, "key"));
}

/** The old store and its Discord, opened by this code at the instant its process was killed. */
export interface OldRoom extends AsyncDisposable {
  room: DiscordRoom;
  process: RoomProcess;
  engine: JobEngine;
  state: State;
  web: WebSurface;
  /** The surface `chat`, with the messages its people saw before. */
  chat: ScriptedSurface;
  /** The surface `room`, which the old process did not have. */
  other: ScriptedSurface;
  dora: Person;
  group: Channel;
  /** An interaction of the old process. */
  interaction(id: string): Interaction;
  job(name: string): Promise<Job>;
  /** A request from the console's page. */
  page(path: string, init?: RequestInit): Promise<Response>;
}

export interface OldRoomOptions {
  /** Store changes for the new process to find. */
  before?: (directory: string) => void;
}

export async function openOldRoom({ before = () => {} }: OldRoomOptions = {}): Promise<OldRoom> {
  const directory = mkdtempSync(join(tmpdir(), "toolcast-old-store-"));
  copyOldStore(directory);
  before(directory);
  const [jobs, earlierState, epoch] = ["jobs.sqlite", "state.sqlite", "store-epoch"].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  mergeEarlierState({ jobs, state: earlierState, epoch });
  const stopped: Clock = { now: () => oldStore.madeAt, monotonic: () => 0, setTimer: () => () => {} };
  let running = stopped;
  const engine = openSqliteEngine({
    file: jobs,
    clock: {
      now: () => running.now(),
      monotonic: () => running.monotonic(),
      setTimer: (delayMs, act) => running.setTimer(delayMs, act),
    },
    random: systemRandom,
  });
  const { state } = engine;
  const room = await openRoom({ state });
  const { platform, clock, installation } = room;
  const saved = readJson<SavedRoom>("discord.json");
  // The fake gives the same ids to the same people and places if they are made in the same order at the same instant.
  const dora = platform.person("dora", { installedApp: true });
  const emil = platform.person("emil", { locale: "zh-CN" });
  const group = platform.addGroup(dora, emil);
  const elsewhere = platform.addGuild("Elsewhere");
  const ids = [dora.id, emil.id, group.id, elsewhere.id];
  if (ids.join() !== [saved.people.dora, saved.people.emil, saved.group, saved.elsewhere].join()) {
    throw new Error("The fake Discord names its people otherwise than the one of the store did");
  }
  platform.load(saved);
  await clock.advance(oldStore.madeAt - clock.now());
  running = clock;
  const secretKey = await loadSecretKey(join(directory, "key"), systemRandom);
  // Places in addition to those that the old store's jobs hold.
  installation.provider.limits = { concurrent: 20, startsPerSecond: 100 };
  const chat = createScriptedSurface({ limits: { mediaPerMessage: 2 } });
  chat.posted.push(...oldStore.shownOnChat.map(({ rung: route, id }) => ({ route, delivery: { id } }) as Posted));
  const other = createScriptedSurface({ id: "room" });
  const process = await room.open({
    ...{ engine, state, dataDirectory: directory, secretKey, random: systemRandom },
    policy: { operators: ["chat:operator", "web:local", "mcp:local"] },
    started: false,
  });
  const { runtime } = process;
  const web = createWebSurface({ runtime, directory, clock, random: systemRandom });
  for (const surface of [chat.surface, other.surface, web.surface]) {
    runtime.attach(surface);
  }
  await runtime.start();

  return {
    ...{ room, process, engine, state, web, chat, other, dora, group },
    interaction: (id) => platform.interactions.find((interaction) => interaction.id === id)!,
    async job(name) {
      const job = await engine.read(oldStore.jobs[name]!);
      if (job === null) {
        throw new Error(`There is no job ${name}`);
      }
      return job;
    },
    page: (path, init) => web.fetch(new Request(`http://127.0.0.1:3000${path}`, init), { remoteAddress: "127.0.0.1" }),
    async [Symbol.asyncDispose]() {
      web.close();
      await room[Symbol.asyncDispose]();
      await engine.close();
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
