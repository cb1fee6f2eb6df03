/** Toolcast's tools in a LangChain program, with sandbox vendors: nothing to set up and nothing is spent. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  builtInProviders,
  type Caller,
  systemClock as clock,
  createHttp,
  createRuntime,
  loadSecretKey,
  openSqliteEngine,
  systemRandom as random,
  silentLogger,
} from "@toolcast/core";
import { toLangChainTools } from "@toolcast/langchain";
import { startSandbox } from "@toolcast/sandbox";

const dataDirectory = await mkdtemp(join(tmpdir(), "toolcast-langchain-"));
const sandbox = await startSandbox({ speed: 20 });
const http = createHttp({ trustedHosts: () => [new URL(sandbox.url).host], clock });
const engine = openSqliteEngine({ file: join(dataDirectory, "jobs.sqlite"), clock, random, logger: silentLogger });
const runtime = await createRuntime({
  // With real keys use: values: process.env
  providers: builtInProviders.map((definition) => ({ definition, values: sandbox.environment })),
  engine,
  state: engine.state,
  dataDirectory,
  http,
  clock,
  random,
  policy: { operators: [] },
  secretKey: await loadSecretKey(join(dataDirectory, "key"), random),
});
await runtime.start();

// The owner of these jobs. `pulled`: the program comes for its results, nothing is sent anywhere.
const caller: Caller = {
  id: "langchain:example",
  name: "example",
  locale: "en",
  place: { surface: "langchain", conversation: "example", pulled: true },
};
const tools = toLangChainTools(runtime, caller, { waitMs: 45_000, agreed: ["price"] });

// Pass them to an agent as they are: createAgent({ model, tools }). Here a tool call is made by hand, as a model would
// make it.
const tool = tools.find(({ name }) => name === "generate_image")!;
const call = {
  type: "tool_call",
  name: tool.name,
  id: "call_a-lake-at-dawn",
  args: { prompt: "a lake at dawn" },
} as const;
const answer = await tool.invoke(call);
// The same tool call again, as when a graph repeats it after a crash, is the same job and is paid once.
await tool.invoke(call);

process.stdout.write(`${answer.content}\n${sandbox.ledger().length} paid start(s)\n`);

await runtime.stop();
await http.close();
await engine.close();
await sandbox.close();
