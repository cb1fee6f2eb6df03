import { createServer } from "node:http";
import type { Clock } from "@toolcast/core/engine";
import type { LedgerEntry } from "@toolcast/sandbox";
import { z } from "zod";
import { closeServer, listen } from "../fakes/loopback-server.ts";
import type { Chance } from "./chance.ts";
import { keyedTokens, keyedVariable } from "./keyed-provider.ts";

const questionSchema = z.object({ question: z.string() });

/** A vendor that knows each start by its key: asked again with the same key it answers again, and bills nothing. */
export interface KeyedVendor {
  environment: Record<string, string>;
  /** How often an answer was kept back, before or after the start. */
  silences(): number;
  ledger(): LedgerEntry[];
  /** From now on every question is answered. */
  calm(): void;
  end(): Promise<void>;
}

/** Runs in the process of the harness, and breaks connections before and after it has started what it was asked for. */
export async function startKeyedVendor({ clock, chance }: { clock: Clock; chance: Chance }): Promise<KeyedVendor> {
  const entries = new Map<string, LedgerEntry>();
  let silences = 0;
  let isCalm = false;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const key = String(request.headers["idempotency-key"]);
    const { question } = questionSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    const fate = isCalm
      ? "answer"
      : chance.weighted([
          [50, "answer"],
          [35, "silence after"],
          [15, "silence before"],
        ] as const);
    silences += fate === "answer" ? 0 : 1;
    if (fate === "silence before") {
      response.destroy();
      return;
    }
    const entry = entries.get(key) ?? {
      ...{ id: key, at: clock.now(), vendor: "keyed" as LedgerEntry["vendor"], endpoint: "keyed/chat", text: question },
      ...{ fingerprint: key, points: 0, counted: { unit: "tokens" as const, quantity: keyedTokens } },
      ...{ account: "keyed", reference: `keyed-${entries.size}` },
    };
    entries.set(key, entry);
    if (fate === "silence after") {
      response.destroy();
      return;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: entry.reference, text: `An answer to: ${question}` }));
  });
  return {
    environment: { [keyedVariable]: `http://127.0.0.1:${await listen(server)}` },
    silences: () => silences,
    ledger: () => [...entries.values()],
    calm() {
      isCalm = true;
    },
    end: () => closeServer(server),
  };
}
