import type { Logger } from "@toolcast/core";

/**
 * Ends the process on an uncaught error, as Node would, but reports it through the logger and thus redacted. Work in
 * flight is resumed later from what is stored.
 */
export function reportCrashes(logger: Logger): () => void {
  const onFault = (error: unknown) => {
    logger.error({ err: error }, "crashed");
    process.exit(1);
  };
  process.on("uncaughtException", onFault);
  return () => process.off("uncaughtException", onFault);
}
