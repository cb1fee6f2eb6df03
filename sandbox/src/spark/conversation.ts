import type { WebSocket } from "ws";
import { wait } from "../clock.ts";
import { type Context, misbehaviourOf } from "../context.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Misbehaviour } from "../markers.ts";
import type { Capacity } from "./capacity.ts";
import { sparkCodesAfterTheWork, sparkImageMessages, sparkMessages } from "./codes.ts";
import type { SparkRefusal } from "./read-message.ts";
import { newSid } from "./sid.ts";
import { tokensOf } from "./tokens.ts";

/** What every question has, whatever it is about. */
export interface Question {
  appId: string;
  uid: string | undefined;
  question: string;
  /** All that was sent: instructions, dialogue, picture. */
  promptTokens: number;
}

/** What the model says: a text, or a function that it asks its caller to run. */
export interface Reply {
  text: string;
  call?: { name: string; arguments: string };
}

/** One model behind the gateway. */
export interface ChatService<Asked extends Question> {
  /** Its path, which names it in the ledger and in orders. */
  endpoint: string;
  /** Whether each piece says that it is text. */
  typed: boolean;
  /** Reads one question the way the service does: format, schema, values, length. */
  read(message: string): Asked | SparkRefusal;
  reply(question: Asked): Promise<Reply>;
}

export interface Conversation {
  /** One message of the caller; `undefined` for one that is not text. */
  take(message: string | undefined): void;
  end(): void;
}

/** A connection silent for this long is closed; not divided by the speed. */
const idleMs = 60_000;
const thinkingMs = 1500;
const betweenFramesMs = 60;
const charactersPerFrame = 12;
/** Sent after a complete answer that touched on something forbidden. */
const warningCode = 10019;
const tooEarly = 10007;

/** The service behind the gateway: on each connection one question after another, each answered in pieces. */
export function openConversation<Asked extends Question>(
  context: Context,
  capacity: Capacity,
  { endpoint, typed, read, reply }: ChatService<Asked>,
): (connection: WebSocket) => Conversation {
  return (connection) => {
    const over = new AbortController();
    const ended = AbortSignal.any([over.signal, context.closing]);
    let isAnswering = false;
    let stopIdle = () => {};
    const watch = () => {
      stopIdle();
      stopIdle = context.clock.setTimeout(() => connection.close(1000), idleMs);
    };
    const send = (frame: unknown) => connection.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    const refuse = (code: number, sid: string, message?: string) => {
      send({ header: { code, message: message ?? sparkMessages[code] ?? sparkImageMessages[code], sid, status: 2 } });
      connection.close(1000);
    };

    async function answer(message: string): Promise<void> {
      const sid = newSid(context);
      if (isAnswering) return refuse(tooEarly, sid);
      const question = read(message);
      if ("code" in question) return refuse(question.code, sid, question.message);
      const asked = misbehaviourOf(context, {
        vendor: "spark",
        endpoint,
        text: question.question,
        fingerprint: fingerprint(endpoint, JSON.parse(message)),
      });
      if (asked.drop === "before-accept") return connection.terminate();
      // It is too late for an HTTP status, so the gateway cuts the connection.
      if (asked.httpStatus !== undefined) return connection.close(1011);
      const code = asked.code === undefined ? undefined : Number(asked.code);
      const isAfterwards = code !== undefined && (sparkCodesAfterTheWork.has(code) || code === warningCode);
      if (code !== undefined && !isAfterwards) return refuse(code, sid);
      const tooMany = capacity.refusal(question.uid);
      if (tooMany !== undefined) return refuse(tooMany, sid);
      const leave = capacity.enter(question.uid);
      isAnswering = true;
      stopIdle();
      try {
        await speak(question, asked, code, sid, message);
      } finally {
        isAnswering = false;
        if (!ended.aborted) watch();
        leave();
      }
    }

    async function speak(
      question: Asked,
      asked: Misbehaviour,
      code: number | undefined,
      sid: string,
      message: string,
    ): Promise<void> {
      const { text, call } = await reply(question);
      const completionTokens = tokensOf(text + (call === undefined ? "" : call.arguments));
      const totalTokens = question.promptTokens + completionTokens;
      context.ledger.record({
        vendor: "spark",
        endpoint,
        text: question.question,
        fingerprint: fingerprint(endpoint, JSON.parse(message)),
        points: 0,
        counted: { unit: "tokens", quantity: totalTokens },
        account: question.appId,
        reference: sid,
      });
      if (asked.drop === "after-accept") return connection.terminate();
      if (asked.answer === "hang") return untilEnded();
      if (asked.answer === "giant") return pour(sid);
      await wait(context.clock, context.pace(thinkingMs + (asked.slowMs ?? 0)), ended);
      if (ended.aborted) return;
      if (code !== undefined && sparkCodesAfterTheWork.has(code)) return refuse(code, sid);
      const header = (status: number) => ({ code: 0, message: "Success", sid, status });
      if (asked.answer === "no-payload") return send({ header: header(2) });
      const usage = {
        text: {
          question_tokens: tokensOf(question.question),
          prompt_tokens: question.promptTokens,
          completion_tokens: completionTokens,
          total_tokens: totalTokens,
        },
      };
      const pieces = piecesOf(text);
      for (const [seq, content] of pieces.entries()) {
        const isLast = seq === pieces.length - 1;
        // The warning is the last piece, so the piece before it is not marked as the end.
        const status = isLast && code === undefined ? 2 : seq === 0 ? 0 : 1;
        const type = typed ? { content_type: "text", content_meta: null } : {};
        const choice = { content, ...type, role: "assistant", index: 0, function_call: call };
        const frame = {
          header: header(status),
          payload: { choices: { status, seq, text: [choice] }, ...(isLast ? { usage } : {}) },
        };
        if (isLast && asked.answer === "malformed") return send(cut(JSON.stringify(frame)));
        send(frame);
        await wait(context.clock, isLast ? 0 : context.pace(betweenFramesMs), ended);
        if (ended.aborted) return;
      }
      if (code === warningCode) refuse(code, sid);
    }

    /** Endless frames, as fast as the caller reads them. */
    async function pour(sid: string): Promise<void> {
      const content = "A".repeat(256 * 1024);
      const choice = { content, content_type: "text", role: "assistant", index: 0 };
      for (let seq = 0; !ended.aborted; seq += 1) {
        const status = seq === 0 ? 0 : 1;
        const frame = JSON.stringify({
          header: { code: 0, message: "Success", sid, status },
          payload: { choices: { status, seq, text: [choice] } },
        });
        await new Promise<void>((resolve) => connection.send(frame, () => resolve()));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }

    function untilEnded(): Promise<void> {
      if (ended.aborted) return Promise.resolve();
      return new Promise((resolve) => ended.addEventListener("abort", () => resolve(), { once: true }));
    }

    watch();
    return {
      take(message) {
        if (!isAnswering) watch();
        if (message === undefined) return refuse(10003, newSid(context), "the message is no text");
        // The caller sees an internal error as an engine fault.
        answer(message).catch(() => refuse(10012, newSid(context)));
      },
      end() {
        stopIdle();
        over.abort();
      },
    };
  };
}

function piecesOf(text: string): string[] {
  const characters = [...text];
  const count = Math.max(1, Math.ceil(characters.length / charactersPerFrame));
  return Array.from({ length: count }, (_, index) =>
    characters.slice(index * charactersPerFrame, (index + 1) * charactersPerFrame).join(""),
  );
}

function cut(text: string): string {
  return text.slice(0, Math.floor(text.length * 0.6));
}
