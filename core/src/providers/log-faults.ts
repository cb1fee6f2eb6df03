import { ToolcastError } from "../errors/errors.ts";
import { causeOf, type Logger } from "../ground/logger.ts";
import type { ProviderInstance } from "./provider.ts";

/** A provider's functions besides its operations, whose errors the worker logs. */
const asked = ["balance", "bills", "recordsSince", "deleteVoice", "doctor"] as const;

/** Wraps a provider so that its unexpected errors are logged; people are referred to the log for them. */
export function logFaults<Instance extends ProviderInstance>(instance: Instance, id: string, logger: Logger): Instance {
  const logged = asked.flatMap((name) => {
    const ask = instance[name] as ((...parameters: unknown[]) => Promise<unknown>) | undefined;
    const asking = async (...parameters: unknown[]) => {
      try {
        return await ask?.apply(instance, parameters);
      } catch (error) {
        if (!ToolcastError.isInstance(error)) {
          logger.error({ provider: id, error: causeOf(error) }, `a provider's ${name} threw`);
        }
        throw error;
      }
    };
    return ask === undefined ? [] : [[name, asking] as const];
  });
  return { ...instance, ...Object.fromEntries(logged) };
}
