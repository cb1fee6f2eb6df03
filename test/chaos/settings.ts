import { z } from "zod";

/** What every process of a run gets as JSON in its first argument. */
export const worldSchema = z.object({
  epochMs: z.number(),
  factor: z.number().positive(),
  /** The shared data directory of the apps. */
  dataDirectory: z.string(),
  /** Where jobs and small state are; without it, in the data directory. */
  databaseUrl: z.string().optional(),
  /** What people read, one delivery per line. */
  roomFile: z.string(),
  /** Which process began which start, one per line. */
  dispatchFile: z.string(),
  /** Which process killed itself where, one per line. */
  killFile: z.string(),
  /** When a process came round too late, one per line. */
  lagFile: z.string(),
  sandboxDirectory: z.string(),
  /** The current faults of the machine under the apps, as {@link Machine}; read again at `machineSignal`. */
  machineFile: z.string(),
  /** How many paid starts a person may make per day. */
  dailyPerPerson: z.number(),
  /** How many times faster than the world's clock the vendors work. */
  sandboxSpeed: z.number().positive(),
});
export type World = z.infer<typeof worldSchema>;

/** The app's own port; 0 for any free one. */
export const portSchema = z.coerce.number().int().min(0).max(65_535);

/** The state of the machine that all apps share. */
export interface Machine {
  /** How far off its wall clock is. */
  clockStepMs: number;
  /** No database can grow. */
  isDiskFull: boolean;
}
/** Tells an app that the machine's state has changed. */
export const machineSignal = "SIGUSR2";

/** How an app ends that lost its database while it came up: a supervisor starts it again. */
export const databaseAwayCode = 75;

/** Names the crossings at which an app kills itself: `<arrow>#<n>`, n from 1, separated by commas. */
export const killAtVariable = "TOOLCAST_CHAOS_KILL_AT";

/** The hosts of the chat platforms' files: `host:port`, separated by commas. */
export const fileHostsVariable = "TOOLCAST_CHAOS_FILE_HOSTS";

export interface DispatchLine {
  job: string;
  attempt: string;
  pid: number;
}

export interface KillLine {
  pid: number;
  arrow: string;
  /** In the world's time. */
  at: number;
}

/** A message in the room; `id` is that of its delivery. */
export interface RoomLine {
  id: string;
  route: string;
  pid: number;
  assets: string[];
}

/** What a process reports once it is ready: the only line on its standard output. */
export interface ReadyLine {
  port: number;
  environment?: Record<string, string>;
}
