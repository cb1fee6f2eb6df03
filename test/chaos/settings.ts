import { z } from "zod";

/** What every process of a run is told, as JSON in its first argument. */
export const worldSchema = z.object({
  epochMs: z.number(),
  factor: z.number().positive(),
  /** The shared data directory of the apps. */
  dataDirectory: z.string(),
  /** What people read, one delivery a line. */
  roomFile: z.string(),
  /** Which process began which start, one a line. */
  dispatchFile: z.string(),
  /** Which process killed itself where, one a line. */
  killFile: z.string(),
  sandboxDirectory: z.string(),
  /** What the machine under the apps suffers now, as {@link Machine}; read again at `machineSignal`. */
  machineFile: z.string(),
  /** Paid starts a person may make a day. */
  dailyPerPerson: z.number(),
  /** How many times faster than the world's clock the vendors work. */
  sandboxSpeed: z.number().positive(),
});
export type World = z.infer<typeof worldSchema>;

/** An app's own port; 0 for any free one. */
export const portSchema = z.coerce.number().int().min(0).max(65_535);

/** The state of the machine that all apps share. */
export interface Machine {
  /** By how much its wall clock is wrong. */
  clockStepMs: number;
  /** No database can grow. */
  isDiskFull: boolean;
}
/** Tells an app that the machine's state has changed. */
export const machineSignal = "SIGUSR2";

/** Names the crossings at which an app kills itself: `<arrow>#<n>`, n from 1, several by commas. */
export const killAtVariable = "TOOLCAST_CHAOS_KILL_AT";

export interface DispatchLine {
  job: string;
  attempt: string;
  pid: number;
}

export interface KillLine {
  pid: number;
  arrow: string;
}

/** A message as it stands in the room; `id` is that of its delivery. */
export interface RoomLine {
  id: string;
  route: string;
  pid: number;
  assets: string[];
}

/** What a process says once it is ready: the one line on its standard output. */
export interface ReadyLine {
  port: number;
  environment?: Record<string, string>;
}
