import { Client, type ClientOptions, GatewayIntentBits } from "discord.js";
import { createManualClock, type ManualClock } from "../../manual-clock.ts";
import { isObject, type JsonObject } from "../json.ts";
import { type DiscordFake, type DiscordOptions, startDiscord } from "./discord.ts";

export interface RawAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly list: readonly JsonObject[];
  readonly headers: Headers;
}

/** A Discord whose clock is moved by hand, with the real client logged in. */
export interface DrivenDiscord {
  readonly discord: DiscordFake;
  readonly client: Client<true>;
  readonly clock: ManualClock;
  /** A request as any program could make it, with the bot's token. */
  call(method: string, path: string, body?: unknown, files?: Readonly<Record<string, Uint8Array>>): Promise<RawAnswer>;
  stop(): Promise<void>;
}

export function rawCall(discord: DiscordFake): DrivenDiscord["call"] {
  return async (method, path, body, files) => {
    const form = new FormData();
    if (files !== undefined) {
      form.append("payload_json", JSON.stringify(body ?? {}));
      for (const [index, [filename, bytes]] of Object.entries(files).entries()) {
        form.append(`files[${index}]`, new Blob([new Uint8Array(bytes)], { type: "image/png" }), filename);
      }
    }
    const response = await fetch(`${discord.apiUrl}/v10${path}`, {
      method,
      headers: {
        authorization: `Bot ${discord.token}`,
        ...(files === undefined && body !== undefined ? { "content-type": "application/json" } : {}),
      },
      ...(files === undefined ? (body === undefined ? {} : { body: JSON.stringify(body) }) : { body: form }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    const parsed: unknown = isJson ? JSON.parse(text) : undefined;
    return {
      status: response.status,
      body: isObject(parsed) ? parsed : {},
      list: Array.isArray(parsed) ? (parsed as JsonObject[]) : [],
      headers: response.headers,
    };
  };
}

/** Options that make the real client connect to this server, retry nothing and not pause between Identifies. */
export function clientOptions(
  discord: DiscordFake,
  intents: ClientOptions["intents"] = [GatewayIntentBits.Guilds],
): ClientOptions {
  return {
    intents,
    rest: { api: discord.apiUrl, retries: 0 },
    ws: { buildIdentifyThrottler: () => ({ waitForIdentify: () => Promise.resolve() }) },
  };
}

export async function startDrivenDiscord(
  options: DiscordOptions = {},
  intents?: ClientOptions["intents"],
): Promise<DrivenDiscord> {
  const clock = createManualClock();
  const discord = await startDiscord({ clock, ...options });
  const client = new Client<true>(clientOptions(discord, intents));
  await client.login(discord.token);
  await discord.until(() => client.isReady(), "the client");
  return {
    discord,
    client,
    clock,
    call: rawCall(discord),
    async stop() {
      await client.destroy();
      await discord.close();
    },
  };
}
