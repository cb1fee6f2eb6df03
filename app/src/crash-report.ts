import type { Logger } from "@toolcast/core";

/**
 * Ends the process on a fault that nothing caught, as Node would, but with the report going through the logger and thus
 * through redaction. What was in flight is taken up again from what is stored.
 */
export function reportCrashes(logger: Logger): () => void {
  const onFault = (error: unknown) => {
    logger.error({ err: error }, "crashed");
    process.exit(1);
  };
  process.on("uncaughtException", onFault);
  return () => process.off("uncaughtException", onFault);
}
