import { SimpleShardingStrategy } from "discord.js";

/**
 * The methods of a shard that its library calls without looking at their end. One that fails, for example because a
 * second connection broke while the first was still identifying itself, would otherwise end the process; the shard goes
 * on with the newer connection.
 */
export const unwatched = ["internalConnect", "onMessage", "onClose", "destroy", "heartbeat"] as const;

type Methods = Record<(typeof unwatched)[number], (...given: unknown[]) => Promise<unknown>>;

/** Reports what these methods end with; whoever awaits one still gets its error. */
export function handleFailures(shard: object, report: (error: unknown) => void): void {
  const methods = shard as Methods;
  const reported = new WeakSet<object>();
  for (const name of unwatched) {
    const act = methods[name].bind(shard);
    methods[name] = (...given) => {
      const end = act(...given);
      end.catch((error: Error) => {
        // One failure passes through several of them.
        if (!reported.has(error)) {
          reported.add(error);
          report(error);
        }
      });
      return end;
    };
  }
}

export type ShardManager = ConstructorParameters<typeof SimpleShardingStrategy>[0];

/** All shards in this process, none of whose failures can end it. */
export class HandledShards extends SimpleShardingStrategy {
  readonly #report: (error: unknown) => void;

  constructor(manager: ShardManager, report: (error: unknown) => void) {
    super(manager);
    this.#report = report;
  }

  override async spawn(shardIds: number[]): Promise<void> {
    await super.spawn(shardIds);
    const { shards } = this as unknown as { shards: ReadonlyMap<number, object> };
    for (const shard of shards.values()) {
      handleFailures(shard, this.#report);
    }
  }
}
