import { z } from "zod";

/** The message a child sends to its supervisor once it is up. */
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
