import { z } from "zod";

/** What a child tells its supervisor once it has come up. */
const schema = z.object({
  type: z.literal("ready"),
  url: z.string(),
  port: z.int(),
  environment: z.record(z.string(), z.string()).optional(),
});
export type ReadyMessage = z.infer<typeof schema>;

export function tellSupervisor(message: ReadyMessage): void {
  process.send?.(message);
}

export function parseReadyMessage(message: unknown): ReadyMessage | null {
  const parsed = schema.safeParse(message);
  return parsed.success ? parsed.data : null;
}
