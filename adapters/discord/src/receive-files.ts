import { downloadFrom, receiveFile as receive } from "@toolcast/core/chat";
import type { DiscordContext } from "./context.ts";
import type { InboundFile } from "./interaction.ts";
import { platformName } from "./place.ts";

/** Copies an uploaded file into the media store at once, as its address expires. Throws a `UsageError` when it cannot. */
export function receiveFile(
  context: Pick<DiscordContext, "runtime" | "http" | "fileHosts" | "logger">,
  { file, field, owner, maxBytes }: { file: InboundFile; field: string; owner: string; maxBytes?: number },
): Promise<string> {
  const { http, fileHosts: hosts } = context;
  return receive(context, {
    ...{ name: file.filename, field, owner, platform: platformName },
    ...(maxBytes === undefined ? {} : { maxBytes }),
    download: downloadFrom(http, { url: file.url, hosts }),
  });
}
