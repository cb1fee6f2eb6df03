import { type Json, systemClock } from "@toolcast/core";
import type {
  Operation,
  OperationContext,
  ProviderDefinition,
  ProviderInstance,
  StartEnd,
} from "@toolcast/core/provider";
import type { Sandbox } from "@toolcast/sandbox";
import { expect } from "vitest";
import type { receiveNotices } from "./notice-receiver.ts";
import { createOperationContext, createProviderTools } from "./provider-tools.ts";
import { createRecordingHttp, type RecordedExchange } from "./recording-http.ts";
import { expectAnswer, fixtureOf } from "./wire-answers.ts";
import type { WireFixture } from "./wire-fixtures.ts";
import { expectRequest } from "./wire-request.ts";

interface BenchOptions {
  /** Beyond the sandbox's own. */
  variables?: Record<string, string>;
  /** The path of the notices' receiver. Default: none is sent. */
  notice?: string;
  at?: Sandbox;
  /** Whether the vendor can fetch files from here. Default true. */
  canBeReached?: boolean;
}

/** A provider at the sandbox whose every exchange is recorded. */
interface Bench {
  provider: ProviderInstance;
  context: OperationContext;
  exchanges: RecordedExchange[];
  run<Request>(operation: Operation<Request> | undefined, request: Request): Promise<Json>;
  /** Compares everything that was sent or received with the fixtures. */
  check(): void;
}

/** Makes benches at a sandbox that fetches from `relay` and sends its notices to `receiver`. */
export function wireBench({
  sandbox,
  relay,
  receiver,
}: {
  sandbox(): Sandbox;
  relay: Pick<OperationContext, "addressOf" | "read">;
  receiver: ReturnType<typeof receiveNotices>;
}) {
  return function bench<Settings>(
    definition: ProviderDefinition<Settings>,
    { variables = {}, notice, at = sandbox(), canBeReached = true }: BenchOptions = {},
  ): Bench {
    const environment = { ...at.environment, ...variables };
    const tools = createProviderTools(at.url, systemClock);
    const http = createRecordingHttp(tools.http);
    const provider = definition.create(definition.schema.parse(environment), { ...tools, http });
    const context = createOperationContext({
      ...relay,
      canBeReached,
      ...(notice === undefined ? {} : { callbackUrl: receiver.addressOf(notice) }),
    });
    return {
      provider,
      context,
      exchanges: http.exchanges,
      async run(operation, request) {
        operation!.validate?.(request);
        const started = await operation!.start(request, context);
        if (started.end === "done") {
          return started.output.facts ?? null;
        }
        const { reference } = started as Extract<StartEnd, { end: "operation" }>;
        expect(started).toMatchObject({ end: "operation" });
        for (;;) {
          const end = await operation!.check!(reference, context);
          if (end.state !== "pending") {
            return end.state === "done" ? (end.output.facts ?? null) : null;
          }
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
      check() {
        let started: WireFixture | undefined;
        // A form to the object store is no call of the vendor's: `dashscope-uploads` compares it.
        for (const exchange of http.exchanges.filter(({ url }) => !url.pathname.endsWith("/file-store"))) {
          const fixture = fixtureOf(definition.id, exchange, started);
          started = fixture.tasks === undefined ? started : fixture;
          expectRequest(fixture, exchange);
          if (exchange.answers.length === 1) {
            expectAnswer(definition.id, fixture, exchange.answers[0]!);
          }
        }
        expect(http.exchanges.length).toBeGreaterThan(0);
      },
    };
  };
}
