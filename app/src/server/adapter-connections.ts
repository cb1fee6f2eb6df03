import { createHttp, type Logger, type State, systemClock, systemRandom, type Tool } from "@toolcast/core";
import type { Finding } from "@toolcast/core/provider";
import { type Adapter, AdapterStartError } from "@toolcast/core/surface";
import type { Configuration } from "../configuration/configuration.ts";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import type { Installation } from "../installation.ts";

/** Every chat platform of this installation, connected. */
export interface AdapterConnections {
  /** By id. */
  adapters: ReadonlyMap<string, Adapter>;
  /** Answers the platforms' webhooks; null for any other path. */
  handlePublic(request: Request): Promise<Response | null>;
  close(): Promise<void>;
}

/**
 * Connects to every configured chat platform, before the runtime starts. If one fails, those already opened are closed.
 */
export async function openAdapters(
  { adapters: configured, trustedHosts: operators, publicListener, proxies }: Configuration,
  { runtime, state, receivingTurn }: Installation,
  logger: Logger,
): Promise<AdapterConnections> {
  const adapters = new Map<string, Adapter>();
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) {
      await closer();
    }
  };
  try {
    for (const { definition, values } of configured) {
      const settings: unknown = definition.schema.parse(values);
      const trustedHosts = [...definition.hosts(settings), ...operators];
      const http = createHttp({ trustedHosts: () => trustedHosts, clock: systemClock, proxyFor: proxies.for });
      closers.push(() => http.close());
      const turn = receivingTurn(definition.id) ?? undefined;
      // Given up once the adapter has stopped receiving.
      closers.push(async () => turn?.close());
      const adapter = await definition.create(settings, {
        ...{ runtime, state, http, trustedHosts, logger, clock: systemClock, random: systemRandom },
        publicUrl: publicListener?.url ?? null,
        turn,
      });
      closers.push(() => adapter.close());
      runtime.attach(adapter.surface, () => adapter.away?.() ?? null);
      adapters.set(definition.id, adapter);
      await adapter.start();
    }
  } catch (error) {
    await close();
    throw AdapterStartError.isInstance(error)
      ? new ConfigurationError([{ variable: error.variable, sentence: error.sentence }])
      : error;
  }
  return {
    adapters,
    async handlePublic(request) {
      for (const adapter of adapters.values()) {
        const answer = (await adapter.handlePublic?.(request)) ?? null;
        if (answer !== null) {
          return answer;
        }
      }
      return null;
    },
    close,
  };
}

/** The findings of `doctor` for every configured chat platform. */
export async function adapterFindings(
  { adapters, trustedHosts, publicListener, proxies }: Configuration,
  { tools, state }: { tools: readonly Tool[]; state: State },
  within: (check: () => Promise<Finding[]>) => Promise<Finding[]>,
): Promise<(Finding & { subject: string })[]> {
  const findings = await Promise.all(
    adapters.map(async ({ definition, values }) => {
      const settings: unknown = definition.schema.parse(values);
      const hosts = [...definition.hosts(settings), ...trustedHosts];
      const http = createHttp({ trustedHosts: () => hosts, clock: systemClock, proxyFor: proxies.for });
      try {
        const publicUrl = publicListener?.url ?? null;
        const found = await within(() =>
          definition.doctor(settings, { http, clock: systemClock, publicUrl, tools, state }),
        );
        return found.map((finding) => ({ ...finding, subject: definition.title.en }));
      } finally {
        await http.close();
      }
    }),
  );
  return findings.flat();
}
