import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { flushCompileCache } from "node:module";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import {
  builtInProviders,
  createHttp,
  createRuntime,
  type Job,
  type Logger,
  type State,
  systemRandom,
} from "@toolcast/core";
import { type Clock, type JobEngine, StorageError, sleep } from "@toolcast/core/engine";
import type { HttpRequest } from "@toolcast/core/provider";
import { callerOf, createAppAnswer, operator } from "./app-answer.ts";
import { connectPlatforms } from "./app-platforms.ts";
import { createCrossing, httpName, withArrows, writeName } from "./arrows.ts";
import { createFastClock } from "./fast-clock.ts";
import { keyed } from "./keyed-provider.ts";
import { watchLag } from "./lag.ts";
import { linkedFiles } from "./linked-files.ts";
import { watchMachine } from "./machine.ts";
import { createRoomSurface } from "./room-surface.ts";
import {
  databaseAwayCode,
  type KillLine,
  killAtVariable,
  machineSignal,
  portSchema,
  type ReadyLine,
  worldSchema,
} from "./settings.ts";
import { type OpenedStore, openStore } from "./store.ts";

/**
 * One Toolcast on the shared data directory; arguments: `<world as JSON> <port>`. Core and its engine are the real
 * ones; only what is passed to core is wrapped, which lets the process kill itself before or after any effect. Prints
 * where it listens, drains on SIGTERM, and ends when its standard input closes.
 */
const world = worldSchema.parse(JSON.parse(process.argv[2] ?? ""));
watchLag(world);
const machine = watchMachine(world.machineFile);
const clock = createFastClock(world, () => machine.clockStepMs());
const random = systemRandom;
const note = (file: string, line: object) => appendFileSync(file, `${JSON.stringify(line)}\n`);
const cross = createCrossing(process.env[killAtVariable], (arrow) => {
  note(world.killFile, { pid: process.pid, arrow, at: createFastClock(world).now() } satisfies KillLine);
  process.kill(process.pid, "SIGKILL");
});
const log = (level: string) => (facts: object, message: string) =>
  process.stderr.write(
    `${JSON.stringify({ level, at: clock.now(), pid: process.pid, message, ...printable(facts) })}\n`,
  );
const logger: Logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };

process.on(machineSignal, () => machine.look());
const databaseClock = world.databaseUrl === undefined ? clock : waiting(clock);
const store = await openWhenReachable();
const { engine, identity, secretKey } = store;
const given = ({ variable }: { variable: string }) => process.env[variable];
const providers = [...builtInProviders, keyed]
  .filter(({ settings }) => settings.some((setting) => given(setting) !== undefined))
  .map((definition) => ({
    definition,
    values: Object.fromEntries(
      definition.settings.map((setting) => [setting.variable, given(setting) ?? setting.default]),
    ),
  }));
const hosts = providers.flatMap(({ definition, values }) => definition.hosts(definition.schema.parse(values)));
const http = createHttp({ trustedHosts: () => hosts, clock });
let localUrl: string | null = null;

const inbox = withArrows(
  engine.inbox,
  { take: () => "inbox take", claim: () => "inbox claim", change: () => "inbox change" },
  cross,
);
const runtime = await createRuntime({
  providers,
  engine: withArrows(
    withInbox(engine, inbox),
    {
      create: () => "create",
      wake: () => "wake",
      lock: () => "lock",
      unlock: () => "unlock",
      write(job: Job) {
        // Noted before the write: every start on record then has its process on record too.
        if (job.state.phase === "starting" && job.timeline.at(-1)?.event === "dispatched") {
          note(world.dispatchFile, { job: job.id, attempt: job.state.attempt, pid: process.pid });
        }
        return writeName(job);
      },
    },
    cross,
  ),
  state: stateWithArrows(store.state),
  dataDirectory: world.dataDirectory,
  http: withArrows(
    linkedFiles(http),
    {
      request: (request: HttpRequest) => httpName(request),
      // A conversation over a WebSocket is a question about a picture, which is paid for.
      converse: () => "http start",
      download: () => "http download",
    },
    cross,
  ),
  clock,
  random,
  logger,
  localUrl: () => localUrl,
  policy: { operators: [callerOf(operator).id], dailyPerPerson: world.dailyPerPerson },
  secretKey,
  identity,
}).catch(endIfAway);
const room = createRoomSurface(world.roomFile, random);
runtime.attach(withArrows(room, { deliver: () => "deliver", find: () => "find" }, cross));

const server = createServer(getRequestListener(createAppAnswer(runtime), { overrideGlobalObjects: false }));
await new Promise<void>((resolve, reject) => {
  server.once("error", reject);
  server.listen(portSchema.parse(process.argv[3]), "127.0.0.1", resolve);
});
const { port } = server.address() as AddressInfo;
localUrl = `http://127.0.0.1:${port}`;
const platforms = await connectPlatforms({
  ...{ runtime, engine, clock, logger, cross, state: store.state, takesTurns: world.databaseUrl !== undefined },
}).catch(endIfAway);
await runtime.start().catch(endIfAway);
// Before it says that it is ready: it may be drained at that very moment.
process.once("SIGTERM", () => void stop());
process.stdout.write(`${JSON.stringify({ port } satisfies ReadyLine)}\n`);
// Node does so when a process ends, which most of these do not live to see.
flushCompileCache();

process.stdin.resume().once("end", () => process.exit(1));

async function stop(): Promise<void> {
  // The vendors fetch media from here while a start is in flight, so the server listens until the last one has ended.
  await platforms.close();
  await runtime.stop();
  server.close();
  server.closeAllConnections();
  await http.close();
  await store.close();
  process.exit(0);
}

/** An app whose database goes away while it comes up is started again. */
function endIfAway(error: unknown): never {
  if (!(error instanceof StorageError)) throw error;
  process.exit(databaseAwayCode);
}

/** An app that is started while its database is away waits for it. */
async function openWhenReachable(): Promise<OpenedStore> {
  for (;;) {
    try {
      return await openStore(world, databaseClock, logger);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      await sleep(databaseClock, 2_000);
    }
  }
}

/** While the database is away, nothing else may be keeping the process alive. */
function waiting(fast: Clock): Clock {
  return {
    ...fast,
    setTimer(delayMs, callback) {
      const timer = setTimeout(callback, delayMs / world.factor);
      return () => clearTimeout(timer);
    },
  };
}

function withInbox(whole: JobEngine, inbox: JobEngine["inbox"]): JobEngine {
  return new Proxy(whole, {
    get(target, property) {
      const value: unknown = property === "inbox" ? inbox : Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function stateWithArrows(whole: State): State {
  return {
    keyv: (namespace) =>
      withArrows(whole.keyv(namespace), { set: () => `keep ${namespace}`, delete: () => `keep ${namespace}` }, cross),
    close: () => whole.close(),
  };
}

/** An error on its own serializes to `{}` in JSON. */
function printable(facts: object): object {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      value instanceof Error ? (value.stack ?? value.message) : value,
    ]),
  );
}
