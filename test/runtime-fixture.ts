import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import {
  type Asset,
  type Caller,
  type CallRequest,
  createRuntime,
  type Job,
  type Runtime,
  type RuntimeOptions,
  type State,
} from "@toolcast/core";
import type { Clock, JobEngine } from "@toolcast/core/engine";
import type { ProviderInstance } from "@toolcast/core/provider";
import { checkMade, probe } from "@toolcast/core/surface";
import Keyv from "keyv";
import sharp, { type Metadata, type Sharp } from "sharp";
import { createFixtureHttp, fixture, fixturePath } from "./doubles/fixture-media.ts";
import { createScriptedProvider, type ScriptedProvider } from "./doubles/scripted-provider.ts";
import {
  createScriptedSurface,
  type ScriptedSurface,
  type ScriptedSurfaceOptions,
} from "./doubles/scripted-surface.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { createMemoryEngine, createMemoryStore, type MemoryStore } from "./memory-engine.ts";
import { createMortalProcess, type MortalProcess } from "./mortal-process.ts";
import { createOneWriter, type WriteCost } from "./one-writer.ts";
import { createSeededRandom } from "./seeded-random.ts";

export const leaseMs = 30_000;

/** A store replaces a job when it changes, so a copy lasts as long: loops look at hundreds of jobs again and again. */
const copies = new WeakMap<Job, Job>();

function copyOf(job: Job): Job {
  const copy = copies.get(job) ?? structuredClone(job);
  copies.set(job, copy);
  return copy;
}

export interface OpenOptions extends Partial<RuntimeOptions> {
  /** The number of the effect's side, counted from 0, at which the process dies. By default it lives. */
  killAt?: number;
  /** The engine of this process, on a store of the test's own. Default: one on the store in memory. */
  openEngine?: (clock: Clock) => Promise<JobEngine>;
  /** What writes of jobs and of the inbox cost this process. Default no time. */
  writeCost?: WriteCost;
  /**
   * How often the schedule in memory looks for what other processes have stored, in milliseconds. Default 5,000; longer
   * where hours pass, because every look takes the test real time.
   */
  pollMs?: number;
  /** Whether the scripted surface is attached. Default true. */
  attached?: boolean;
  /** Whether the runtime starts. Default true. */
  started?: boolean;
}

/** One process of an installation. */
export interface RunningProcess {
  runtime: Runtime;
  life: MortalProcess;
}

/** An installation: what outlives its processes, and functions to run them. */
export interface Installation extends AsyncDisposable {
  clock: ManualClock;
  store: MemoryStore;
  provider: ScriptedProvider;
  platform: ScriptedSurface;
  http: ReturnType<typeof createFixtureHttp>;
  failingAddresses: Set<string>;
  open(options?: OpenOptions): Promise<RunningProcess>;
  /** Moves time in small steps until the condition holds; fails after `limitMs` of it. */
  until(condition: () => boolean | Promise<boolean>, limitMs?: number): Promise<void>;
  /** Moves time by this much and lets everything settle. */
  pass(ms: number): Promise<void>;
  job(id: string): Job;
  /** Small state used earlier, in its stored form. */
  state(namespace: string): Keyv;
  /** In the order in which they were stored. */
  jobs(): Job[];
}

export const ada: Caller = {
  id: "chat:ada",
  name: "Ada",
  locale: "en",
  place: { surface: "chat", conversation: "main" },
};
export const operator: Caller = { ...ada, id: "chat:operator", name: "Olga" };

/** Modules that are loaded on first use take real time, which a manual clock does not wait for. */
const warm = Promise.all(["picture.png", "tone.wav", "avc.mp4"].map((name) => probeWhole(fixturePath(name))));

async function probeWhole(path: string): Promise<void> {
  await checkMade(path, await probe(path));
}

export async function createInstallation(surface: ScriptedSurfaceOptions = {}): Promise<Installation> {
  await warm;
  const clock = createManualClock();
  const store = createMemoryStore();
  const random = createSeededRandom(7);
  const provider = createScriptedProvider();
  const platform = createScriptedSurface(surface);
  const failingAddresses = new Set<string>();
  const http = createFixtureHttp(failingAddresses);
  const directory = await mkdtemp(join(tmpdir(), "toolcast-runtime-"));
  const keyvs = new Map<string, Keyv>();
  const lives: MortalProcess[] = [];

  function stateOf(life: MortalProcess): State {
    return {
      keyv(namespace) {
        const keyv = keyvs.get(namespace) ?? new Keyv({ namespace, throwOnErrors: true });
        keyvs.set(namespace, keyv);
        return life.guard(namespace, keyv, ["set", "delete"]);
      },
      close() {},
    };
  }

  /** Small steps; time in which no timer is due is skipped. */
  const strideMs = () => Math.max(500, clock.untilNext());

  const installation: Installation = {
    clock,
    store,
    provider,
    platform,
    http,
    failingAddresses,
    async open({ killAt, openEngine, writeCost, pollMs = 5_000, attached = true, started = true, ...options } = {}) {
      const life = createMortalProcess(clock, killAt);
      lives.push(life);
      const made = createMemoryEngine({ clock: life.clock, random, shared: store, leaseMs, pollMs });
      const writer = writeCost === undefined ? undefined : createOneWriter(life.clock, writeCost);
      const inbox = writer?.(made.inbox, ["take", "change", "fill", "claim"]) ?? made.inbox;
      const engine = (await openEngine?.(life.clock)) ?? {
        ...(writer?.(made, ["create", "write"]) ?? made),
        inbox: life.guard("inbox", inbox, ["take", "change", "fill"]),
      };
      const { definition } = provider;
      const runtime = await createRuntime({
        providers: [
          {
            definition: {
              ...definition,
              create(settings, tools) {
                const made = definition.create(settings, tools);
                const guarded = Object.entries(made.operations).map(([capability, operation]) => [
                  capability,
                  life.guard(capability, operation, ["start", "check", "cancel"]),
                ]);
                const vendor = life.guard("vendor", made, ["deleteVoice"]);
                return { ...made, ...pick(vendor), operations: Object.fromEntries(guarded) };
              },
            },
            values: {},
          },
        ],
        engine: life.guard("engine", engine, ["create", "write", "wake", "remove"]),
        state: stateOf(life),
        dataDirectory: directory,
        http: life.guard("http", http, ["download"]),
        clock: life.clock,
        random,
        publicUrl: "https://toolcast.example",
        policy: { operators: [operator.id] },
        secretKey: new Uint8Array(32).fill(7),
        ...options,
      });
      if (attached) {
        runtime.attach(life.guard("surface", platform.surface, ["deliver", "update", "find"]));
      }
      if (started) {
        await Promise.race([runtime.start(), life.death]);
      }
      return { runtime, life };
    },
    async until(condition, limitMs = 30 * 60_000) {
      const end = clock.now() + limitMs;
      for (;;) {
        await settle();
        if (await condition()) {
          return;
        }
        if (clock.now() >= end) {
          const jobs = [...store.entries.values()].map(({ job, wakeAt }) => ({ ...job, wakeAt }));
          throw new Error(`Not within ${limitMs} ms: ${condition}\n${JSON.stringify(jobs, null, 1).slice(0, 6_000)}`);
        }
        await clock.advance(Math.min(strideMs(), end - clock.now()));
      }
    },
    async pass(ms) {
      for (const end = clock.now() + ms; clock.now() < end; ) {
        await settle();
        await clock.advance(Math.min(strideMs(), end - clock.now()));
      }
      await settle();
    },
    job(id) {
      const entry = store.entries.get(id);
      if (entry === undefined) {
        throw new Error(`There is no job ${id}`);
      }
      return structuredClone(entry.job);
    },
    state: (namespace) => keyvs.get(namespace)!,
    jobs: () => [...store.entries.values()].map(({ job }) => copyOf(job)),
    async [Symbol.asyncDispose]() {
      for (const life of lives) {
        life.die();
      }
      await settle();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  return installation;
}

/** The optional abilities of a provider. */
function pick({ deleteVoice }: ProviderInstance): Pick<ProviderInstance, "deleteVoice"> {
  return deleteVoice === undefined ? {} : { deleteVoice };
}

/** Sharp counts the pictures it encodes, but not those whose headers it reads. */
let headersUnderWay = 0;
const pictureMethods = sharp.prototype as Sharp;
const readHeader = pictureMethods.metadata as () => Promise<Metadata>;
pictureMethods.metadata = async function metadata(this: Sharp) {
  headersUnderWay += 1;
  try {
    return await readHeader.call(this);
  } finally {
    headersUnderWay -= 1;
  }
} as Sharp["metadata"];

/** Lets everything happen that needs no time to pass, work on files and pictures included. */
export async function settle(): Promise<void> {
  for (let calmTurns = 0; calmTurns < 10; ) {
    await nextTurn();
    if (isWorkUnderWay()) {
      calmTurns = 0;
      // Other threads do this work: turns without a pause would take the core from them.
      await pause(1);
    } else {
      calmTurns += 1;
    }
  }
}

/** Whether files or pictures are being worked on, which takes no turn of the event loop. */
export function isWorkUnderWay(): boolean {
  if (headersUnderWay > 0) {
    return true;
  }
  const { queue, process: encoding } = sharp.counters();
  return (
    queue + encoding > 0 || process.getActiveResourcesInfo().some((name) => /^(FSReq|FileHandle|Close|Dir)/.test(name))
  );
}

/** Calls a tool and expects a job. */
export async function startJob(
  { runtime }: RunningProcess,
  tool: string,
  input: Record<string, unknown>,
  request: Partial<CallRequest> = {},
): Promise<Job> {
  const reply = await runtime.call({ tool, input, caller: ada, ...request });
  if (reply.type !== "job") {
    throw new Error(`Expected a job, got ${JSON.stringify(reply)}`);
  }
  return reply.job;
}

/** Stores a fixture as an upload by somebody. */
export function upload({ runtime }: RunningProcess, name: string, owner = ada.id): Promise<Asset> {
  return runtime.media.keep(fixture(name), { owner, name, maxBytes: 1_000_000 });
}

/** The voices that a person may use, as programs are shown them. */
export async function listVoices(
  { runtime }: RunningProcess,
  caller: Caller = ada,
): Promise<{ id: string; name: string; owner: string; trainings: number }[]> {
  const reply = await runtime.call({ tool: "voices", input: {}, caller });
  return reply.type === "answer" ? (reply.data as { voices: [] }).voices : [];
}
