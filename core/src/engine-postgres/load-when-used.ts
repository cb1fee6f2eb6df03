/**
 * The door's functions of this room. Each loads what it needs when it is called: most installations have no PostgreSQL,
 * and every command would load twenty modules for it.
 */
type Diagnose = typeof import("./diagnose-postgres.ts");
type Move = typeof import("./move-target.ts");
type Engine = typeof import("./postgres-engine.ts");
type Schema = typeof import("./postgres-schema.ts");
type Store = typeof import("./postgres-store.ts");
type Outcome = typeof import("./until-known.ts");

/** See `diagnose-postgres.ts`. */
export const diagnosePostgres: Diagnose["diagnosePostgres"] = async (options) =>
  (await import("./diagnose-postgres.ts")).diagnosePostgres(options);

/** See `move-target.ts`. */
export const openMoveTarget: Move["openMoveTarget"] = async (options) =>
  (await import("./move-target.ts")).openMoveTarget(options);

/** See `move-target.ts`. */
export const insertAll: Move["insertAll"] = async (...given) => (await import("./move-target.ts")).insertAll(...given);

/** See `move-target.ts`. */
export const continueNumbers: Move["continueNumbers"] = async (...given) =>
  (await import("./move-target.ts")).continueNumbers(...given);

/** See `postgres-engine.ts`. */
export const openPostgresEngine: Engine["openPostgresEngine"] = async (options) =>
  (await import("./postgres-engine.ts")).openPostgresEngine(options);

/** See `postgres-schema.ts`. */
export const migrate: Schema["migrate"] = async (...given) => (await import("./postgres-schema.ts")).migrate(...given);

/** See `postgres-store.ts`. */
export const openPostgresStore: Store["openPostgresStore"] = async (options) =>
  (await import("./postgres-store.ts")).openPostgresStore(options);

/** See `until-known.ts`. */
export const untilKnown: Outcome["untilKnown"] = async (act) => (await import("./until-known.ts")).untilKnown(act);
