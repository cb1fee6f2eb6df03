import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { wait } from "../clock.ts";
import { misbehaviourOf } from "../context.ts";
import { dashscopeCredentials } from "../credentials.ts";
import { fingerprint } from "../fingerprint.ts";
import { type Call, isAnswerSpoilt, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import { cosyVoiceModels, readSpeech } from "./cosyvoice-speech.ts";
import { Fields } from "./fields.ts";
import { billedCharacters, piecesOf } from "./speech-answer.ts";

/** Its name in orders and the ledger, and its path below `/dashscope/`. */
export const inferenceEndpoint = "api-ws/v1/inference";
const path = `/dashscope/${inferenceEndpoint}`;
const largestMessageBytes = 1024 * 1024;
/** The service gives up when no text comes for this long. */
const silenceMs = 23_000;
const speakingMs = 1500;

export interface SpeechSocket {
  /** Whether a connection is for this service. */
  isFor(incoming: IncomingMessage): boolean;
  /** Takes over a connection that asks to become a WebSocket. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Cuts every conversation. */
  close(): void;
}

/** `wss /api-ws/v1/inference`: speech of CosyVoice, one task after the other on a connection. */
export function openSpeechSocket(vendor: Vendor): SpeechSocket {
  const server = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes, perMessageDeflate: false });
  return {
    isFor: ({ url = "" }) => url.split("?", 1)[0]?.replace(/\/$/, "") === path,
    upgrade(incoming, socket, head) {
      socket.on("error", () => socket.destroy());
      // The scheme's name is written in either case.
      if (!/^bearer /i.test(incoming.headers.authorization ?? "") || keyIn(incoming) !== dashscopeCredentials.apiKey) {
        const body = JSON.stringify({ code: "InvalidApiKey", message: "Invalid API-key provided." });
        socket.end(
          `HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
        );
        return;
      }
      server.handleUpgrade(incoming, socket, head, (connection) => {
        connection.on("error", () => connection.terminate());
        const conversation = converse(vendor, connection);
        connection.on("message", (data: RawData, isBinary) => conversation.take(isBinary ? "" : String(data)));
        connection.on("close", () => conversation.end());
      });
    },
    close() {
      for (const connection of server.clients) connection.terminate();
      server.close();
    },
  };
}

function keyIn({ headers }: IncomingMessage): string {
  return (headers.authorization ?? "").slice("bearer ".length);
}

/** A task that was begun: its texts are spoken together at its end. */
interface Task {
  id: string;
  model: string;
  parameters: Record<string, unknown>;
  texts: string[];
}

function converse(vendor: Vendor, connection: WebSocket): { take(text: string): void; end(): void } {
  const { context } = vendor;
  let task: Task | undefined;
  let stopWaiting = () => {};

  function say(event: string, payload: object = {}, header: object = {}, taskId = task?.id ?? ""): void {
    connection.send(JSON.stringify({ header: { task_id: taskId, event, attributes: {}, ...header }, payload }));
  }

  /** Ends the task and, as the service does, the connection. */
  function fail(refusal: DashscopeRefusal, taskId = task?.id ?? ""): void {
    stopWaiting();
    task = undefined;
    say("task-failed", {}, { error_code: refusal.code, error_message: refusal.message }, taskId);
    connection.close(1000);
  }

  function awaitText(): void {
    stopWaiting();
    stopWaiting = context.clock.setTimeout(
      () => fail(new DashscopeRefusal("InvalidParameter", { message: "request timeout after 23 seconds." })),
      context.pace(silenceMs),
    );
  }

  function run(header: Fields, payload: Fields): void {
    if (task !== undefined) header.refuse("action", "is not expected: a task is running");
    const id = header.text("task_id");
    header.oneOf("streaming", ["duplex"], "duplex");
    const model = payload.text("model");
    if (!cosyVoiceModels.includes(model)) throw new DashscopeRefusal("ModelNotFound");
    payload.oneOf("task_group", ["audio"], "audio");
    payload.oneOf("task", ["tts"], "tts");
    payload.oneOf("function", ["SpeechSynthesizer"], "SpeechSynthesizer");
    const parameters = payload.object("parameters");
    parameters.oneOf("text_type", ["PlainText", "SSML"], "PlainText");
    task = { id, model, parameters: payload.raw("parameters") as Task["parameters"], texts: [] };
    say("task-started");
    awaitText();
  }

  function proceed(header: Fields, payload: Fields): Task {
    if (task === undefined || header.text("task_id") !== task.id) {
      return header.refuse("task_id", "is not the running task's");
    }
    const input = payload.object("input");
    const text = input.optionalText("text");
    if (text !== undefined) task.texts.push(text);
    return task;
  }

  async function finish({ id, model, parameters, texts }: Task): Promise<void> {
    stopWaiting();
    const body = { model, input: { ...spoken(parameters), text: texts.join("") } };
    const own = fingerprint(inferenceEndpoint, body);
    const call: Call = {
      ...{ endpoint: inferenceEndpoint, requestId: id, model, body, fingerprint: own },
      ...{ streams: true, resolvesUploads: false },
      asked: misbehaviourOf(context, {
        vendor: "dashscope",
        endpoint: inferenceEndpoint,
        text: body.input.text,
        fingerprint: own,
      }),
    };
    const { asked } = call;
    if (asked.drop === "before-accept" || asked.httpStatus !== undefined) return connection.terminate();
    if (asked.code !== undefined) throw new DashscopeRefusal(String(asked.code));
    const speech = readSpeech(vendor, call);
    vendor.rates.countStart(model);
    const characters = billedCharacters(speech.text);
    pay(vendor, call, { text: speech.text, unit: "characters", quantity: characters, reference: id });
    if (asked.answer === "hang" || asked.answer === "giant") return;
    if (isAnswerSpoilt(call)) return connection.terminate();
    await wait(context.clock, context.pace(speakingMs + (asked.slowMs ?? 0)), context.closing);
    for (const piece of asked.answer === "no-payload" ? [] : await piecesOf(speech)) {
      say("result-generated", { output: { sentence: { words: [] } } }, {}, id);
      connection.send(piece, { binary: true });
    }
    task = undefined;
    say("task-finished", { output: { sentence: { words: [] } }, usage: { characters } }, { request_uuid: id }, id);
  }

  async function act(text: string): Promise<void> {
    const message = new Fields("message", parsed(text));
    const [header, payload] = [message.object("header"), message.object("payload")];
    switch (header.text("action")) {
      case "run-task":
        return run(header, payload);
      case "continue-task":
        proceed(header, payload);
        return awaitText();
      case "finish-task":
        return finish(proceed(header, payload));
      default:
        return header.refuse("action", "must be run-task, continue-task or finish-task");
    }
  }

  return {
    take(text) {
      act(text).catch((cause: unknown) => {
        if (context.closing.aborted || connection.readyState !== connection.OPEN) return;
        fail(cause instanceof DashscopeRefusal ? cause : new DashscopeRefusal("InternalError"));
      });
    },
    end: () => stopWaiting(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DashscopeRefusal("InvalidParameter", { message: "The message must be JSON." });
  }
}

/** What the SDKs leave to the service is written as `Default` or 0, and their sound is MP3 unless they name another. */
function spoken(parameters: Record<string, unknown>): Record<string, unknown> {
  const { format, sample_rate, text_type: _type, seed: _seed, type: _kind, ...others } = parameters;
  return {
    ...others,
    format: format === undefined || format === "Default" ? "mp3" : format,
    sample_rate: sample_rate === undefined || sample_rate === 0 ? 22_050 : sample_rate,
  };
}
