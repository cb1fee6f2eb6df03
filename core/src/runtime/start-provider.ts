import { addToCatalog } from "../errors/catalog.ts";
import type { Clock } from "../ground/clock.ts";
import type { Logger } from "../ground/logger.ts";
import type { Random } from "../ground/random.ts";
import type { Http } from "../http/http.ts";
import type { JobEngine } from "../job/engine.ts";
import { runExclusively } from "../job/exclusive.ts";
import { logFaults } from "../providers/log-faults.ts";
import { type DefaultsEdition, defaultOf, type Provider, type Setting } from "../providers/provider.ts";
import { vendorFailures } from "../providers/vendor-failures.ts";
import type { State } from "../state/open-state.ts";
import type { ConfiguredProvider } from "./runtime-options.ts";

interface ProviderNeeds {
  engine: JobEngine;
  state: State;
  http: Http;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** The edition of the defaults that the installation began with. */
  began: DefaultsEdition;
}

/** Makes a configured provider with everything it needs, and adds its codes to the catalogue. */
export function startProvider(
  { definition, values }: ConfiguredProvider,
  { engine, state, http, clock, random, logger, began }: ProviderNeeds,
): Provider {
  addToCatalog(definition);
  const keptDefaults = changedDefaults(definition.settings, began);
  const settings: unknown = definition.schema.parse({ ...values, ...unsetOf(keptDefaults, values) });
  const instance = definition.create(settings, {
    http,
    clock,
    random,
    state: state.keyv(`provider-${definition.id}`),
    exclusive: (name, work, waitMs) =>
      runExclusively({ engine, clock, random }, `${definition.id}:${name}`, work, waitMs),
    failures: vendorFailures(definition),
  });
  return {
    ...logFaults(instance, definition.id, logger),
    id: definition.id,
    title: definition.title,
    limits: definition.limits(settings),
    onLoopback: definition.onLoopback(settings),
    keptDefaults,
  };
}

/** The defaults of this installation for the variables whose default has changed. */
function changedDefaults(settings: readonly Setting[], began: DefaultsEdition): Record<string, string> {
  const changed = settings.filter(({ earlierDefault }) => earlierDefault !== undefined);
  return Object.fromEntries(
    changed.flatMap((setting) => {
      const value = defaultOf(setting, began);
      return value === undefined ? [] : [[setting.variable, value]];
    }),
  );
}

function unsetOf(defaults: Record<string, string>, values: ConfiguredProvider["values"]): Record<string, string> {
  return Object.fromEntries(Object.entries(defaults).filter(([variable]) => !values[variable]?.trim()));
}
