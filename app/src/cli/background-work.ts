import { systemClock } from "@toolcast/core";
import { type SupervisedChild, superviseChild } from "../server/supervised-child.ts";
import type { CommandContext } from "./command-context.ts";
import { workName } from "./work-name.ts";

/** A process that advances jobs until this one leaves it. */
export interface BackgroundWork {
  /** Resolves if it ends for good although nobody left it. */
  ended: Promise<void>;
  leave(): void;
}

/** Resolves once it works; null if it cannot, for a reason that this process will find too. */
export async function beginBackgroundWork({ source }: CommandContext): Promise<BackgroundWork | null> {
  const ready = Promise.withResolvers<boolean>();
  const ended = Promise.withResolvers<void>();
  const child: SupervisedChild = superviseChild({
    command: [workName],
    environment: () => source.environment as NodeJS.ProcessEnv,
    clock: systemClock,
    background: true,
    onReady: () => ready.resolve(true),
    onRestart: () => {},
    onEnd: () => {
      ready.resolve(false);
      ended.resolve();
    },
  });
  return (await ready.promise) ? { ended: ended.promise, leave: () => child.leave() } : null;
}
