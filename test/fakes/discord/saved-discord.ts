import type { Interaction, Interactions } from "./interactions.ts";
import type { Channel, Message, StoredFile, World } from "./world.ts";

type SavedFile = Omit<StoredFile, "bytes"> & { readonly bytes: { readonly base64: string } };

/** A fake's messages and interactions as JSON. In texts, `{files}` stands for the file host's address. */
export interface SavedDiscord {
  readonly application: string;
  readonly channels: readonly Channel[];
  readonly messages: readonly (Omit<Message, "attachments"> & { readonly attachments: readonly SavedFile[] })[];
  /** Channel and messages by id. */
  readonly interactions: readonly (Omit<Interaction, "channel" | "source" | "original" | "followUps"> & {
    readonly channel: string;
    readonly source: string | null;
    readonly original: string | null;
    readonly followUps: readonly string[];
  })[];
}

interface LoadInto {
  world: World;
  interactions: Interactions;
  filesUrl: string;
}

export function loadDiscord(saved: SavedDiscord, { world, interactions, filesUrl }: LoadInto): void {
  if (saved.application !== world.application.id) {
    throw new Error("What was saved belongs to another application");
  }
  const { channels, messages, interactions: before } = withAddresses(saved, filesUrl);
  for (const channel of channels) {
    if (!world.channels.has(channel.id)) {
      world.channels.set(channel.id, channel);
    }
  }
  const byId = new Map<string, Message>();
  for (const message of messages) {
    const attachments = message.attachments.map((file) => ({
      ...file,
      bytes: new Uint8Array(Buffer.from(file.bytes.base64, "base64")),
    }));
    const restored: Message = { ...message, attachments };
    byId.set(restored.id, restored);
    world.messages.set(restored.channelId, [...(world.messages.get(restored.channelId) ?? []), restored]);
    for (const file of attachments) {
      world.attachments.set(file.id, file);
    }
  }
  for (const interaction of before) {
    const named = (id: string | null) => (id === null ? null : (byId.get(id) ?? null));
    interactions.restore({
      ...interaction,
      channel: world.channels.get(interaction.channel)!,
      source: named(interaction.source),
      original: named(interaction.original),
      followUps: interaction.followUps.map((id) => byId.get(id)!),
    });
  }
}

function withAddresses(saved: SavedDiscord, filesUrl: string): SavedDiscord {
  return JSON.parse(JSON.stringify(saved).replaceAll("{files}", filesUrl)) as SavedDiscord;
}
