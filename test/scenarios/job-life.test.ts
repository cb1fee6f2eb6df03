import { afterAll, beforeAll, describe } from "vitest";
import { jobLifeContract } from "../contracts/job-life-contract.ts";
import { reasonToSkipPostgres } from "../postgres-cluster.ts";
import { startPostgresEngines } from "../postgres-fixture.ts";
import { openSqlite } from "../sqlite-fixture.ts";

jobLifeContract("SQLite engine", openSqlite, { runs: 30, leasesFollowClock: false });

describe.skipIf(reasonToSkipPostgres() !== null)("with PostgreSQL", () => {
  let engines: Awaited<ReturnType<typeof startPostgresEngines>>;
  beforeAll(async () => {
    engines = await startPostgresEngines({ connections: 1 });
  });
  afterAll(() => engines?.cluster.remove());

  jobLifeContract("PostgreSQL engine", (options) => engines.open(options), { runs: 10, leasesFollowClock: true });
});
