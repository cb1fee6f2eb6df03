import type { TelegramWebhookInfo } from "@gramio/types";
import type { Clock } from "@toolcast/core/engine";
import { isObject, type JsonObject } from "../json.ts";
import { badRequest } from "./api-error.ts";
import { unixTime } from "./context.ts";
import { telegramLimits } from "./limits.ts";
import type { Parameters } from "./parameters.ts";
import type { StoredUpdate, Updates } from "./updates.ts";

/** One delivery, and the bot's status code (0: no answer). */
export interface WebhookDelivery {
  readonly updateId: number;
  readonly attempt: number;
  readonly at: number;
  status: number;
}

export interface Webhook {
  set(parameters: Parameters): true;
  remove(parameters: Parameters): true;
  info(): TelegramWebhookInfo;
  readonly deliveries: readonly WebhookDelivery[];
  /** Delivers an update once more, as Telegram may. */
  repeat(updateId: number): void;
  close(): Promise<void>;
}

export interface WebhookParts {
  readonly clock: Clock;
  readonly updates: Updates;
  readonly local: boolean;
  /** Maps a public address: the fake connects to no network but loopback. */
  readonly route: (url: string) => string;
  /** A method that the bot called in its response. */
  readonly call: (method: string, values: JsonObject) => Promise<void>;
  readonly changed: () => void;
}

interface Target {
  readonly url: string;
  readonly secret: string | null;
  readonly connections: number;
}

/** The longest pause between two attempts; Telegram waits one to two minutes. */
const longestPauseS = 60;

export function createWebhook({ clock, updates, local, route, call, changed }: WebhookParts): Webhook {
  const deliveries: WebhookDelivery[] = [];
  let target: Target | null = null;
  let lastError: { at: number; text: string } | null = null;
  let generation = 0;
  const busyKeys = new Set<string>();
  const attempts = new Map<StoredUpdate, { count: number; delayS: number }>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  async function attempt(stored: StoredUpdate, to: Target, own: number): Promise<void> {
    const tries = attempts.get(stored) ?? { count: 0, delayS: 1 };
    attempts.set(stored, tries);
    tries.count += 1;
    const delivery: WebhookDelivery = {
      updateId: stored.update.update_id,
      attempt: tries.count,
      at: clock.now(),
      status: 0,
    };
    deliveries.push(delivery);
    let problem: string | null = null;
    let waitS = 0;
    try {
      const response = await fetch(route(to.url), {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(to.secret === null ? {} : { "x-telegram-bot-api-secret-token": to.secret }),
        },
        body: JSON.stringify(stored.update),
        redirect: "manual",
        signal: closing.signal,
      });
      const text = await response.text();
      delivery.status = response.status;
      waitS = Number(response.headers.get("retry-after") ?? 0) || 0;
      problem = response.ok ? null : `Wrong response from the webhook: ${response.status} ${response.statusText}`;
      if (problem === null && response.headers.get("content-type")?.startsWith("application/json")) {
        await answered(text);
      }
    } catch (error) {
      problem = error instanceof Error ? `Connection failed: ${error.message}` : "Connection failed";
    }
    if (own !== generation) {
      busyKeys.delete(stored.key);
      return;
    }
    if (problem === null) {
      updates.take(stored);
      attempts.delete(stored);
      busyKeys.delete(stored.key);
      deliver();
      return;
    }
    lastError = { at: clock.now(), text: problem };
    if (waitS === 0 && tries.count > 1) {
      tries.delayS = Math.min(longestPauseS, tries.delayS * 2);
      waitS = tries.delayS;
    }
    const again = () => {
      busyKeys.delete(stored.key);
      deliver();
    };
    if (waitS === 0) {
      again();
    } else {
      clock.setTimer(Math.min(3_600, waitS) * 1000, again);
    }
  }

  async function answered(text: string): Promise<void> {
    let body: unknown = null;
    try {
      body = JSON.parse(text);
    } catch {
      return;
    }
    if (isObject(body) && typeof body.method === "string") {
      const { method, ...values } = body;
      await call(method, values);
    }
  }

  function deliver(): void {
    if (target === null || closing.signal.aborted) {
      return;
    }
    for (const stored of updates.pending) {
      if (running.size >= target.connections) {
        return;
      }
      if (!busyKeys.has(stored.key)) {
        busyKeys.add(stored.key);
        const run: Promise<void> = attempt(stored, target, generation).finally(() => {
          running.delete(run);
          deliver();
          changed();
        });
        running.add(run);
      }
    }
  }
  updates.onPush = deliver;

  function drop(parameters: Parameters): void {
    if (parameters.flag("drop_pending_updates")) {
      updates.clear();
    }
  }

  return {
    deliveries,
    set(parameters) {
      const url = parameters.text("url");
      if (url === null) {
        return this.remove(parameters);
      }
      const parsed = URL.canParse(url) ? new URL(url) : null;
      if (parsed === null) {
        throw badRequest("invalid webhook URL specified");
      }
      if (parsed.protocol !== "https:" && !local) {
        throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
      }
      if (!local && parsed.port !== "" && !["80", "88", "443", "8443"].includes(parsed.port)) {
        throw badRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443");
      }
      const secret = parameters.text("secret_token");
      if (secret !== null && secret.length > 256) {
        throw badRequest("secret token is too long");
      }
      if (secret !== null && !/^[A-Za-z0-9_-]+$/.test(secret)) {
        throw badRequest("secret token contains unallowed characters");
      }
      const { min, max, usual } = telegramLimits.webhookConnections;
      const connections = Math.min(max, Math.max(min, parameters.integer("max_connections") ?? usual));
      updates.allow(parameters);
      drop(parameters);
      generation += 1;
      target = { url, secret, connections };
      updates.webhookActive = true;
      updates.endPoll("terminated by setWebhook request");
      deliver();
      return true;
    },
    remove(parameters) {
      drop(parameters);
      generation += 1;
      target = null;
      updates.webhookActive = false;
      return true;
    },
    info: () => ({
      url: target?.url ?? "",
      has_custom_certificate: false,
      pending_update_count: updates.pending.length,
      ...(target === null ? {} : { max_connections: target.connections, ip_address: "127.0.0.1" }),
      ...(lastError === null ? {} : { last_error_date: unixTime(lastError.at), last_error_message: lastError.text }),
      ...(updates.allowed === null ? {} : { allowed_updates: [...updates.allowed] as never }),
    }),
    repeat(updateId) {
      const update = updates.history.find(({ update_id }) => update_id === updateId);
      if (update === undefined || target === null) {
        throw new Error("there is no such update, or no webhook");
      }
      const stored: StoredUpdate = { update, key: `repeated ${updateId} ${deliveries.length}`, at: clock.now() };
      const run: Promise<void> = attempt(stored, target, generation).finally(() => {
        running.delete(run);
        changed();
      });
      running.add(run);
    },
    async close() {
      closing.abort();
      generation += 1;
      target = null;
      await Promise.all(running);
    },
  };
}
