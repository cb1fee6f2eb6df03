import type { Locale } from "@toolcast/core";
import { type MessageKey, messages, personName, say } from "@toolcast/core/surface";
import type { Console, WebApp } from "./console-context.ts";
import type { OverviewView } from "./wire.ts";

/** Open phases come first. */
const phaseNames = ["held", "queued", "starting", "running", "unresolved", "succeeded", "failed", "cancelled"] as const;

/** The whole installation, for its operators; core refuses everybody else. */
export function operatorRoutes(app: WebApp, web: Console): void {
  const { runtime, clock } = web.options;
  app.get("/api/overview", async (context) => {
    const caller = web.callerOf(context);
    const { held, phases, waiting, spend, probable, providers } = await runtime.overview(caller);
    const titles = new Map(providers.map(({ id, title }) => [id, title[caller.locale]]));
    const named = <Row extends { provider: string; unit: string }>(row: Row): Row => ({
      ...row,
      provider: titles.get(row.provider) ?? row.provider,
      unit: unitName(row.unit, caller.locale),
    });
    const { away } = await runtime.condition();
    const view: OverviewView = {
      held: held === null ? null : say(held, caller.locale),
      away: away.map(({ reason }) => reason[caller.locale]),
      phases: phaseNames.map((phase) => ({
        phase,
        title: say({ key: `job.phase.${phase}` }, caller.locale),
        count: phases[phase],
      })),
      waiting: await Promise.all(
        waiting.map(async (job) => ({
          job: await web.view.job(job, caller),
          person: personName(job.caller, caller),
          surface: job.caller.place.surface,
        })),
      ),
      spend: spend.map(named),
      probable: probable.map(named),
      providers: providers.map(({ id, title, running, concurrent, restsUntil }) => ({
        id,
        title: title[caller.locale],
        running,
        concurrent,
        restsForMs: restsUntil === null ? null : Math.max(0, restsUntil - clock.now()),
      })),
    };
    return context.json(view);
  });
}

/** The unit's name in core if there is one, otherwise as the provider calls it, such as a currency. */
function unitName(unit: string, locale: Locale): string {
  const key = `unit.${unit}`;
  return Object.hasOwn(messages, key) ? say({ key: key as MessageKey }, locale) : unit;
}
