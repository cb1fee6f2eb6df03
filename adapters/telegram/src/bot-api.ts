import type { APIMethodParams, APIMethodReturn, APIMethods } from "@gramio/types";
import { type FileSource, SendError } from "@toolcast/core/chat";
import type { Clock } from "@toolcast/core/engine";
import { Telegram } from "telegraf";

type BotMethod = keyof APIMethods;
/** `{}` for methods without parameters. */
type ParametersOf<Method extends BotMethod> =
  NonNullable<APIMethodParams<Method>> extends never ? Record<string, never> : NonNullable<APIMethodParams<Method>>;

interface CallOptions {
  /** The files that `attach://<name>` in the parameters refers to, by that name. */
  files?: Readonly<Record<string, Omit<FileSource, "bytes">>>;
  /** Ends the request early; it is then unknown whether it was carried out. */
  signal?: AbortSignal;
  /** The longest wait for an answer, in milliseconds. Default two minutes, or ten with files. */
  timeoutMs?: number;
}

/**
 * The Bot API as this adapter uses it: one method at a time, in the shapes of Bot API 10.3, whatever library sends it.
 * Rejects with what the library throws; `readFailure` reads it. Retries nothing.
 */
export interface BotApi {
  call<Method extends BotMethod>(
    method: Method,
    parameters: ParametersOf<Method>,
    options?: CallOptions,
  ): Promise<APIMethodReturn<Method>>;
  /** The address of a file's bytes. It contains the token, so use it at once and neither store nor show it. */
  fileAddress(path: string): string;
}

interface BotApiOptions {
  /** The bot's token; a secret. */
  token: string;
  /** The server's origin, e.g. `https://api.telegram.org`. */
  apiRoot: string;
  clock: Clock;
}

/** Telegram's own server. */
export const cloud = "https://api.telegram.org";

const usualTimeoutMs = 2 * 60_000;
const uploadTimeoutMs = 10 * 60_000;

/** The errors that requests have rejected with. */
const failedRequests = new WeakSet<Error>();

/** Whether Telegram, or the connection to it, is at fault. */
export function isOfTelegram(error: unknown): boolean {
  return error instanceof SendError || (error instanceof Error && failedRequests.has(error));
}

/** The library names the address, which contains the token, when the answer is not JSON, e.g. a proxy's page. */
function redact(error: Error, token: string): void {
  const clean = (text: string) => text.replaceAll(token, "<token>");
  error.message = clean(error.message);
  if (error.stack !== undefined) {
    error.stack = clean(error.stack);
  }
  if (error.cause instanceof Error) {
    redact(error.cause, token);
  }
}

/** Uses only telegraf's transport: its types end at Bot API 7.1, and its poll loop waits for handlers. */
export function createBotApi({ token, apiRoot, clock }: BotApiOptions): BotApi {
  const telegram = new Telegram(token, { apiRoot, webhookReply: false });
  const send = telegram.callApi.bind(telegram) as unknown as (
    method: string,
    payload: object,
    options: { signal: AbortSignal },
  ) => Promise<unknown>;
  return {
    async call(method, parameters, { files, signal, timeoutMs } = {}) {
      const end = new AbortController();
      const abort = () => end.abort();
      signal?.addEventListener("abort", abort, { once: true });
      const cancel = clock.setTimer(timeoutMs ?? (files === undefined ? usualTimeoutMs : uploadTimeoutMs), abort);
      if (signal?.aborted) {
        abort();
      }
      try {
        return (await send(method, payloadOf(parameters, files), { signal: end.signal })) as never;
      } catch (error) {
        if (error instanceof Error) {
          redact(error, token);
          failedRequests.add(error);
        }
        throw error;
      } finally {
        cancel();
        signal?.removeEventListener("abort", abort);
      }
    },
    fileAddress: (path) => `${apiRoot}/file/bot${token}/${path.split("/").map(encodeURIComponent).join("/")}`,
  };
}

/**
 * In a multipart form telegraf drops most objects, so they are sent as JSON, which the Bot API accepts just as well.
 */
function payloadOf(parameters: object, files: CallOptions["files"]): object {
  if (files === undefined || Object.keys(files).length === 0) {
    return parameters;
  }
  const plain = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === "object" && value !== null ? JSON.stringify(value) : value,
  ]);
  const uploads = Object.entries(files).map(([name, { name: filename, source }]) => [
    name,
    { source, filename: filename.replaceAll(/["\r\n\\]/g, "_") },
  ]);
  return Object.fromEntries([...plain, ...uploads]);
}
