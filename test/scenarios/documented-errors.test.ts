import { type Json, ToolcastError } from "@toolcast/core";
import { type CatalogEntry, catalogEntries } from "@toolcast/core/errors";
import {
  type CheckEnd,
  dashscope,
  type Operation,
  type ProviderDefinition,
  type ProviderInstance,
  type StartEnd,
  xjc,
} from "@toolcast/core/provider";
import { type Sandbox, startSandbox, type VendorName } from "@toolcast/sandbox";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { expectDocumentedRefusal } from "../contracts/documented-refusal.ts";
import { createAsset, createOperationContext, createProviderTools } from "../doubles/provider-tools.ts";
import { serveSamples } from "../doubles/sample-relay.ts";
import { createManualClock } from "../manual-clock.ts";
import { verifies } from "../verifies.ts";

/** Paid starts meet every documented code in the provider contract; the other calls meet them here. */

vi.setConfig({ testTimeout: 30_000 });

const relay = serveSamples();
const audio = createAsset({ kind: "audio" });
const image = createAsset({ kind: "image", width: 640, height: 640 });
const context = createOperationContext(relay);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ speed: 1000 });
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control.reset());

function providerOf<Settings>(definition: ProviderDefinition<Settings>): ProviderInstance {
  const tools = createProviderTools(sandbox.url, createManualClock(Date.now()));
  return definition.create(definition.schema.parse(sandbox.environment), tools);
}

const documented = (vendor: VendorName): CatalogEntry[] =>
  catalogEntries().filter(
    ({ provider, layer, source, code }) =>
      provider === vendor && layer === "api" && source === "document" && code !== "0",
  );
/** The only code with two rows: its message alone distinguishes a rate limit from a used-up free allowance. */
const markerOf = ({ code, vendorText }: CatalogEntry) =>
  vendorText.startsWith("Free allocated") ? `${code} free` : code;

async function referenceOf<Request>(operation: Operation<Request> | undefined, request: Request): Promise<Json> {
  const begun = await operation!.start(request, context);
  expect(begun).toMatchObject({ end: "operation" });
  return (begun as Extract<StartEnd, { end: "operation" }>).reference;
}

/** Prepares what the question is about; the question itself is asked once per code. */
type Prepare = (provider: ProviderInstance) => Promise<() => Promise<unknown>>;

interface Question {
  vendor: "xjc" | "dashscope";
  endpoint: string;
  prepare: Prepare;
  /** Codes that are no error here, and the answer they lead to. */
  otherwise?: Record<string, unknown>;
}

const asking =
  <Request>(operationOf: (provider: ProviderInstance) => Operation<Request> | undefined, request: Request): Prepare =>
  async (provider) => {
    const operation = operationOf(provider);
    const reference = await referenceOf(operation, request);
    return () => operation!.check!(reference, context);
  };

/** A refused token is renewed; an id that is not known yet is waited for. */
const young = { 20002: { state: expect.any(String) }, 20006: { state: "pending" } };
const spoken = ({ operations }: ProviderInstance) => operations.voiceCloning;

async function trainedVoice(provider: ProviderInstance, tier: "lite" | "pro"): Promise<string> {
  const reference = await referenceOf(spoken(provider), { audio, tier });
  await expect
    .poll(() => spoken(provider)!.check!(reference, context), { timeout: 10_000 })
    .toMatchObject({ state: "done" });
  return (reference as { speakerId: string }).speakerId;
}

const questions: Question[] = [
  {
    vendor: "xjc",
    endpoint: "works/inspect",
    prepare: asking(({ operations }) => operations.avatarVideo, { text: "你好" }),
    otherwise: young,
  },
  ...(["lite", "pro"] as const).flatMap((tier): Question[] => [
    {
      vendor: "xjc",
      endpoint: `voice/${tier}/train/detail`,
      prepare: asking(spoken, { audio, tier }),
      otherwise: young,
    },
    {
      vendor: "xjc",
      endpoint: `voice/${tier}/create/detail`,
      async prepare(provider) {
        const speech = { text: "你好", tier, speakerId: await trainedVoice(provider, tier) };
        return asking(({ operations }) => operations.speech, speech)(provider);
      },
      otherwise: young,
    },
  ]),
  {
    vendor: "xjc",
    endpoint: "user/balance",
    prepare: async (provider) => () => provider.balance!(),
    otherwise: { 20002: { unit: "points" } },
  },
  {
    vendor: "xjc",
    endpoint: "user/bill/list",
    prepare: async () => () => providerOf(xjc).bills!(1, 10),
    // A vendor that refuses page 0 counts from 1, and the provider asks again.
    otherwise: { 20002: { total: 0 }, 20004: { total: 0 } },
  },
  {
    vendor: "xjc",
    endpoint: "oauth/token",
    // A provider that has a token does not ask for one, hence a new provider each time.
    prepare: async () => () => providerOf(xjc).balance!(),
  },
  {
    vendor: "dashscope",
    endpoint: "tasks/{task_id}",
    prepare: asking(({ operations }) => operations.image, { prompt: "日照金山" }),
  },
  {
    vendor: "dashscope",
    endpoint: "tasks/{task_id}/cancel",
    async prepare(provider) {
      const { image: pictures } = provider.operations;
      const reference = await referenceOf(pictures, { prompt: "日照金山 [[stuck]]" });
      return () => pictures!.cancel!(reference, context);
    },
    otherwise: { UnsupportedOperation: "goes-on" },
  },
  {
    vendor: "dashscope",
    endpoint: "tasks/",
    prepare: async (provider) => () => provider.recordsSince!(Date.now() - 60_000),
  },
  {
    vendor: "dashscope",
    endpoint: "services/audio/tts/customization:query_voice",
    prepare: asking(spoken, { audio }),
  },
];

describe.each(questions)("a question, $vendor $endpoint", ({ vendor, endpoint, prepare, otherwise = {} }) => {
  verifies("documents.errors", "understood.failure", "understood.vendor-words");

  test("every documented code: what it means, what it costs, who acts and what to do, in both languages", async () => {
    const provider = providerOf<never>((vendor === "xjc" ? xjc : dashscope) as ProviderDefinition<never>);
    const ask = await prepare(provider);
    const before = sandbox.ledger().length;
    for (const entry of documented(vendor)) {
      sandbox.control.next({ vendor, endpoint, marker: markerOf(entry) });
      const answer = await ask().catch((error: unknown) => error);
      if (entry.code in otherwise) {
        const expected = otherwise[entry.code];
        expect(typeof expected === "string" ? { answer } : answer, entry.code).toMatchObject(
          typeof expected === "string" ? { answer: expected } : (expected as object),
        );
        continue;
      }
      const { state, failure } = answer as Partial<Extract<CheckEnd, { failure: unknown }>>;
      if (failure !== undefined && state !== undefined) {
        // A code that can never change ends work that had really begun.
        expect(entry.retry.kind, entry.code).not.toBe("later");
        expectDocumentedRefusal(failure, { ...entry, charged: "unknown", retry: failure.retry });
        continue;
      }
      expect(ToolcastError.isInstance(answer), entry.code).toBe(true);
      expectDocumentedRefusal((answer as ToolcastError).failure, entry);
    }
    expect(sandbox.ledger()).toHaveLength(before);
  });
});

interface Preliminary {
  vendor: "xjc" | "dashscope";
  endpoint: string;
  start(): Promise<StartEnd>;
  /** Codes after which the start continues. */
  goesOn?: string[];
}

const preliminaries: Preliminary[] = [
  {
    vendor: "xjc",
    endpoint: "oauth/token",
    start: () => providerOf(xjc).operations.avatarVideo!.start({ text: "你好" }, context),
  },
  {
    vendor: "xjc",
    endpoint: "user/balance",
    start: () => providerOf(xjc).operations.voiceCloning!.start({ audio, tier: "lite" }, context),
    goesOn: ["20002"],
  },
  {
    vendor: "dashscope",
    endpoint: "services/aigc/image2video/face-detect",
    start: () => providerOf(dashscope).operations.portraitVideo!.start({ image, audio }, context),
  },
];

describe.each(preliminaries)("before a start, $vendor $endpoint", ({ vendor, endpoint, start, goesOn = [] }) => {
  verifies("paid-once.not-sent-repeats", "understood.failure");

  test("every documented code: nothing begun, nothing charged; what may be temporary is tried again", async () => {
    for (const entry of documented(vendor)) {
      const before = sandbox.ledger().length;
      sandbox.control.next({ vendor, endpoint, marker: markerOf(entry) });
      const end = await start();
      if (goesOn.includes(entry.code)) {
        expect(end).toMatchObject({ end: "operation" });
        continue;
      }
      const { failure } = end as Extract<StartEnd, { failure: unknown }>;
      expect(failure.charged, entry.code).toBe("no");
      if (end.end === "refused") {
        expectDocumentedRefusal(failure, { ...entry, charged: "no" });
      } else {
        expect(end, entry.code).toMatchObject({
          end: "not-sent",
          failure: { kind: "unreachable", vendorCode: entry.code, retry: { kind: "later" } },
        });
        expect(entry.charged).not.toBe("no");
      }
      expect(sandbox.ledger()).toHaveLength(before);
    }
  });
});
