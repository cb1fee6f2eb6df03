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
  /** How many times faster than the world's clock the vendors work. */
  sandboxSpeed: z.number().positive(),
});
export type World = z.infer<typeof worldSchema>;

/** An app's own port; 0 for any free one. */
export const portSchema = z.coerce.number().int().min(0).max(65_535);

/** Names the crossing at which an app kills itself: `<arrow>#<n>`, n from 1. */
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
  rung: string;
  pid: number;
  assets: string[];
}

/** What a process says once it is ready: the one line on its standard output. */
export interface ReadyLine {
  port: number;
  environment?: Record<string, string>;
}
