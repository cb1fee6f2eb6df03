import type { WebSocket } from "ws";
import type { JsonObject } from "../json.ts";

export const opcodes = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
} as const;

export const closeCodes = {
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  invalidSequence: 4007,
  rateLimited: 4008,
  sessionTimedOut: 4009,
  invalidShard: 4010,
  invalidVersion: 4012,
  invalidIntents: 4013,
  disallowedIntents: 4014,
} as const;

const intentBits = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildPresences: 1 << 8,
  guildMessages: 1 << 9,
  directMessages: 1 << 12,
  messageContent: 1 << 15,
} as const;

export const privilegedIntents = intentBits.guildMembers | intentBits.guildPresences | intentBits.messageContent;
export const messageContentIntent = intentBits.messageContent;
/** Bits that belong to no intent. */
export const unknownIntents = ~0x3_37_ff_ff;

/** Whether a client with these intents receives an event. */
export function hears(intents: number, event: string, data: JsonObject): boolean {
  if (event.startsWith("MESSAGE_")) {
    const needed = data.guild_id === undefined ? intentBits.directMessages : intentBits.guildMessages;
    return (intents & needed) !== 0;
  }
  return /^(GUILD|CHANNEL|THREAD)_/.test(event) ? (intents & intentBits.guilds) !== 0 : true;
}

/** A session outlives its sockets: it keeps what was sent, and a resume replays what was missed. */
export class GatewaySession {
  readonly id: string;
  readonly intents: number;
  readonly #sent: { readonly sequence: number; readonly text: string }[] = [];
  #socket: WebSocket | null;
  #lostAt: number | null = null;

  constructor(id: string, intents: number, socket: WebSocket) {
    this.id = id;
    this.intents = intents;
    this.#socket = socket;
  }

  get socket(): WebSocket | null {
    return this.#socket;
  }

  get lostAt(): number | null {
    return this.#lostAt;
  }

  get sequence(): number {
    return this.#sent.length;
  }

  dispatch(event: string, data: JsonObject): void {
    const sequence = this.#sent.length + 1;
    const text = JSON.stringify({ op: opcodes.dispatch, t: event, s: sequence, d: data });
    this.#sent.push({ sequence, text });
    this.#socket?.send(text);
  }

  lose(now: number): void {
    this.#socket = null;
    this.#lostAt = now;
  }

  resume(socket: WebSocket, after: number): void {
    this.#socket = socket;
    this.#lostAt = null;
    for (const { sequence, text } of [...this.#sent]) {
      if (sequence > after) {
        socket.send(text);
      }
    }
    this.dispatch("RESUMED", { _trace: [] });
  }
}
