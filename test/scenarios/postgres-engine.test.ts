import { afterAll, beforeAll, describe } from "vitest";
import { jobEngineContract, type OpenEngine } from "../contracts/job-engine-contract.ts";
import { reasonToSkipPostgres } from "../postgres-cluster.ts";
import { startPostgresEngines } from "../postgres-fixture.ts";

let engines: Awaited<ReturnType<typeof startPostgresEngines>>;

describe.skipIf(reasonToSkipPostgres() !== null)("with PostgreSQL", () => {
  beforeAll(async () => {
    engines = await startPostgresEngines({ connections: 1 });
  });
  afterAll(() => engines?.cluster.remove());

  const open: OpenEngine = (options) => engines.open(options);
  jobEngineContract("PostgreSQL engine", open, { runs: 15 });
});
