import { Telegraf } from "telegraf";
import { createManualClock, type ManualClock } from "../../manual-clock.ts";
import { isObject, type JsonObject } from "../json.ts";
import { startTelegram, type TelegramFake, type TelegramOptions } from "./telegram.ts";

export interface RawAnswer {
  readonly status: number;
  readonly ok: boolean;
  readonly result: unknown;
  readonly description: string;
  readonly parameters: JsonObject;
  readonly headers: Headers;
}

/** A request as any program could make it; files are sent as parts. */
export type RawCall = (
  method: string,
  values?: JsonObject,
  files?: Readonly<Record<string, Uint8Array>>,
) => Promise<RawAnswer>;

export function rawCall(telegram: TelegramFake, token = telegram.token): RawCall {
  return async (method, values = {}, files) => {
    let init: RequestInit = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(values),
    };
    if (files !== undefined) {
      const form = new FormData();
      for (const [name, value] of Object.entries(values)) {
        form.append(name, typeof value === "object" ? JSON.stringify(value) : String(value));
      }
      for (const [name, bytes] of Object.entries(files)) {
        form.append(name, new Blob([new Uint8Array(bytes)]), `${name}.bin`);
      }
      init = { method: "POST", body: form };
    }
    const response = await fetch(`${telegram.apiRoot}/bot${token}/${method}`, init);
    const body: unknown = JSON.parse(await response.text());
    const answer = isObject(body) ? body : {};
    return {
      status: response.status,
      ok: answer.ok === true,
      result: answer.result,
      description: String(answer.description ?? ""),
      parameters: isObject(answer.parameters) ? answer.parameters : {},
      headers: response.headers,
    };
  };
}

/** A Telegram whose clock is moved by hand, with the real telegraf polling it. */
export interface DrivenTelegram {
  readonly telegram: TelegramFake;
  readonly bot: Telegraf;
  readonly clock: ManualClock;
  readonly call: RawCall;
  /** Begins to poll; handlers can be set before. */
  launch(): Promise<void>;
  stop(): Promise<void>;
}

export async function startDrivenTelegram(options: TelegramOptions = {}): Promise<DrivenTelegram> {
  const clock = createManualClock();
  const telegram = await startTelegram({ clock, ...options });
  const bot = new Telegraf(telegram.token, { telegram: { apiRoot: telegram.apiRoot, webhookReply: false } });
  let running: Promise<void> | null = null;
  return {
    telegram,
    bot,
    clock,
    call: rawCall(telegram),
    async launch() {
      running = bot.launch();
      await telegram.until(() => telegram.updates.polling, "the first poll");
    },
    async stop() {
      if (running !== null) {
        bot.stop();
        await running;
      }
      await telegram.close();
    },
  };
}
