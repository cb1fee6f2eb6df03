import type { Clock, Json, State } from "@toolcast/core";
import type { InboundFile } from "./interaction.ts";
import { tokenUseMs } from "./limits.ts";
import { surfaceId } from "./place.ts";

/** A request as it came, kept until its answer shows more than "thinking": a new process takes it up from here. */
export interface PendingRequest {
  command: string;
  /** Values by field, as the person gave them. */
  input: Record<string, Json>;
  files: { field: string; file: InboundFile }[];
  /** `Caller`, as data. */
  caller: Json;
}

/** An interaction that was answered. Lies in small state and nowhere else, because of its token. */
export interface InteractionRecord {
  id: string;
  application: string;
  token: string;
  /** When it came, epoch milliseconds. */
  at: number;
  channel: string;
  /** The answer's message, when Discord told its id. */
  message?: string;
  ephemeral: boolean;
  reachable: boolean;
  caller: string;
  /** Present while the answer shows nothing but "thinking". */
  pending?: PendingRequest;
  /** The delivery that the answer shows, and whether with media. */
  shown?: { delivery: string; media: boolean };
  job?: string;
  /** The answer offers a button that brings a new token. */
  offers?: boolean;
}

/** Whether nothing but its token reaches the answer: only its reader sees it, or the bot is not in the channel. */
export function needsToken({ ephemeral, reachable }: Pick<InteractionRecord, "ephemeral" | "reachable">): boolean {
  return ephemeral || !reachable;
}

/** Longer than the token: what was left "thinking" is still put right. */
const keptMs = 24 * 60 * 60_000;

/** The interactions of the last day. */
export class InteractionRecords {
  readonly #keyv: ReturnType<State["keyv"]>;
  readonly #clock: Clock;
  /** Hears of every new record. */
  onAdded: (record: InteractionRecord) => void = () => {};

  constructor(state: State, clock: Clock) {
    this.#keyv = state.keyv(`${surfaceId}-interactions`);
    this.#clock = clock;
  }

  async read(id: string): Promise<InteractionRecord | null> {
    return (await this.#keyv.get<InteractionRecord>(id)) ?? null;
  }

  async add(record: InteractionRecord): Promise<void> {
    await this.#write(record);
    this.onAdded(record);
  }

  /** Changes one record; the caller holds its lane. */
  async change(id: string, patch: Partial<InteractionRecord>): Promise<void> {
    const record = await this.read(id);
    if (record !== null) {
      const { pending: _pending, ...settled } = record;
      await this.#write({ ...("pending" in patch ? settled : record), ...patch } as InteractionRecord);
    }
  }

  async remove(id: string): Promise<void> {
    await this.#keyv.delete(id);
  }

  /** The record, if its token still works. */
  async alive(id: string): Promise<InteractionRecord | null> {
    const record = await this.read(id);
    return record !== null && this.isAlive(record) ? record : null;
  }

  async #write(record: InteractionRecord): Promise<void> {
    await this.#keyv.set(record.id, record, keptMs);
  }

  isAlive({ at }: InteractionRecord): boolean {
    return this.#clock.now() - at < tokenUseMs;
  }

  async all(): Promise<InteractionRecord[]> {
    const records: InteractionRecord[] = [];
    for await (const [, record] of this.#keyv.iterator?.(undefined) ?? []) {
      records.push(record as InteractionRecord);
    }
    return records;
  }
}
