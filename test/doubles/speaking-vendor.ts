import type { ServerResponse } from "node:http";
import { dashscope, openai, type ProviderDefinition, spark } from "@toolcast/core/provider";
import type { WebSocket } from "ws";
import { ending, piece, startEventVendor } from "./event-vendor.ts";
import { startSparkSocket } from "./spark-socket.ts";

/** An answer under way, as the vendor speaks it; every call resolves once its bytes have left. */
export interface Speech {
  /** Says a piece. Its bytes, and those of the end, leave in the parts that `cuts` make of them. */
  say(text: string, cuts?: readonly number[]): Promise<void>;
  /** The end of a whole answer of 12 and 20 tokens, with its last piece. */
  end(text: string, cuts?: readonly number[]): Promise<void>;
  /** Cuts the connection. */
  breakOff(): void;
}

/** A vendor on loopback that speaks as a test says. */
export interface SpeakingVendor extends AsyncDisposable {
  /** Its provider's settings. */
  environment: Record<string, string>;
  /** How many questions it was asked. */
  questions(): number;
  /** How many answers are still listened to. */
  listeners(): number;
}

/** A text provider, and its vendor's side of an answer. */
export interface SpeakingProvider {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: every provider has settings of its own.
  definition: ProviderDefinition<any>;
  /** The variable that states prices, and the name of the model that is asked. */
  prices: { variable: string; model: string };
  openVendor(talk: (speech: Speech) => unknown): Promise<SpeakingVendor>;
}

/** The parts between the cuts; a cut may go through a character. */
function partsOf(bytes: Uint8Array, cuts: readonly number[] = []): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((one, other) => one - other);
  return places
    .slice(1)
    .map((place, index) => bytes.subarray(places[index], place))
    .filter(({ length }) => length > 0);
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** In server-sent events, whose bytes arrive in any parts. */
function inEvents(response: ServerResponse): Speech {
  response.socket?.setNoDelay(true);
  const write = async (text: string, cuts?: readonly number[]) => {
    for (const part of partsOf(bytesOf(text), cuts)) {
      await new Promise<void>((resolve) => response.write(part, () => setImmediate(resolve)));
    }
  };
  return {
    say: (text, cuts) => write(piece(text), cuts),
    async end(text, cuts) {
      await write(piece(text) + ending(), cuts);
      response.end();
    },
    breakOff: () => void response.destroy(),
  };
}

/** In messages of a WebSocket, each of which arrives in any fragments. */
function inFrames(socket: WebSocket): Speech {
  let seq = 0;
  const send = async (content: string, status: 0 | 1 | 2, cuts?: readonly number[]) => {
    const usage = { question_tokens: 5, prompt_tokens: 12, completion_tokens: 20, total_tokens: 32 };
    const frame = {
      header: { code: 0, message: "Success", sid: "cht-1", status },
      payload: {
        choices: { status, seq, text: [{ content, role: "assistant", index: 0 }] },
        ...(status === 2 ? { usage: { text: usage } } : {}),
      },
    };
    seq += 1;
    const parts = partsOf(bytesOf(JSON.stringify(frame)), cuts);
    for (const [index, part] of parts.entries()) {
      const fin = index === parts.length - 1;
      await new Promise<void>((resolve) => socket.send(part, { binary: false, fin }, () => setImmediate(resolve)));
    }
  };
  return {
    say: (text, cuts) => send(text, seq === 0 ? 0 : 1, cuts),
    end: (text, cuts) => send(text, 2, cuts),
    breakOff: () => socket.terminate(),
  };
}

async function openEvents(
  talk: (speech: Speech) => unknown,
  environment: (url: string) => Record<string, string>,
): Promise<SpeakingVendor> {
  const vendor = await startEventVendor((response) => void talk(inEvents(response)));
  return {
    environment: environment(vendor.url),
    questions: () => vendor.questions.length,
    listeners: () => vendor.listeners(),
    [Symbol.asyncDispose]: () => vendor[Symbol.asyncDispose](),
  };
}

/** Every provider that answers questions. */
export const speakingProviders: readonly SpeakingProvider[] = [
  {
    name: "spark",
    definition: spark,
    prices: { variable: "SPARK_PRICES", model: "lite" },
    async openVendor(talk) {
      const vendor = await startSparkSocket((socket) => void talk(inFrames(socket)));
      return {
        environment: {
          ...{ SPARK_APP_ID: "app", SPARK_API_KEY: "marker-key", SPARK_API_SECRET: "marker-secret" },
          ...{ SPARK_BASE_URL: vendor.url, SPARK_CHAT_URL: vendor.url },
        },
        questions: () => vendor.messages.length,
        listeners: () => vendor.connections(),
        [Symbol.asyncDispose]: () => vendor[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: "dashscope",
    definition: dashscope,
    prices: { variable: "DASHSCOPE_PRICES", model: "qwen-plus" },
    openVendor: (talk) =>
      openEvents(talk, (url) => ({ DASHSCOPE_API_KEY: "sk-marker", DASHSCOPE_BASE_URL: `${url}/api/v1` })),
  },
  {
    name: "openai",
    definition: openai,
    prices: { variable: "OPENAI_PRICES", model: "any" },
    openVendor: (talk) =>
      openEvents(talk, (url) => ({
        ...{ OPENAI_API_KEY: "sk-marker", OPENAI_MODEL: "any", OPENAI_BASE_URL: `${url}/v1` },
      })),
  },
];
