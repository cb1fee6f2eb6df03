import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TelegramFile, TelegramUpdate, TelegramUser, TelegramWebhookInfo } from "@gramio/types";
import { badRequest } from "./api-error.ts";
import type { Context } from "./context.ts";
import { telegramLimits } from "./limits.ts";
import type { Handlers } from "./methods.ts";
import { ownPayload } from "./payloads.ts";
import type { Webhook } from "./webhook.ts";
import type { StoredFile } from "./world.ts";

/** Whether the server serves the bot: the cloud does not for ten minutes after `logOut`. */
export interface Session {
  loggedOutUntil: number;
  /** When getFile returned the path. */
  readonly links: Map<string, { readonly file: StoredFile; readonly until: number }>;
}

export function botHandlers(context: Context, webhook: Webhook, session: Session) {
  const { world, updates, clock } = context;
  return {
    getUpdates: async (parameters, closed): Promise<TelegramUpdate[]> => [
      ...(await updates.getUpdates(parameters, closed)),
    ],
    setWebhook: (parameters): true => webhook.set(parameters),
    deleteWebhook: (parameters): true => webhook.remove(parameters),
    getWebhookInfo: (): TelegramWebhookInfo => webhook.info(),
    getMe: (): TelegramUser => ownPayload(world),
    logOut(): true {
      session.loggedOutUntil = clock.now() + telegramLimits.logOutMs;
      updates.endPoll("terminated by setWebhook request");
      return true;
    },
    close: (): true => true,
    getFile(parameters): TelegramFile {
      const id = parameters.text("file_id");
      if (id === null) {
        throw badRequest("file_id not specified");
      }
      const file = context.files.byId(id.replace(/-s$/, ""));
      if (file === null) {
        throw badRequest("wrong file_id or the file is temporarily unavailable");
      }
      if (context.localFolder === null && file.size > telegramLimits.downloadBytes) {
        throw badRequest("file is too big");
      }
      session.links.set(file.path, { file, until: clock.now() + telegramLimits.fileLinkMs });
      return {
        file_id: id,
        file_unique_id: file.uniqueId,
        file_size: file.size,
        file_path: context.localFolder === null ? file.path : onDisk(context.localFolder, context.token, file),
      };
    },
  } satisfies Handlers;
}

/** A local server keeps its downloads in its own folder and says where. */
function onDisk(folder: string, token: string, file: StoredFile): string {
  const path = join(folder, token.replace(":", "~"), file.path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file.bytes);
  return path;
}
