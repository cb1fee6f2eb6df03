import type { DeletableItem } from "../src/wire.ts";
import { openConversation, refreshGallery, refreshState, report } from "./actions.ts";
import { newConversationId } from "./conversation-id.ts";
import { forgetJob } from "./forget-job.ts";
import { server } from "./server.ts";
import { announcement, conversation, deletion, gallery, jobDetail, remark, voices } from "./store.ts";

/** Asks before deleting: core says what goes and what vendors keep. */
export async function askToDelete(items: readonly DeletableItem[]): Promise<void> {
  try {
    const { message } = await server.remove(items, false);
    deletion.value = { items: [...items], message };
  } catch (error) {
    report(error);
  }
}

/** Deletes what the person was asked about. */
export async function deleteAsked(): Promise<void> {
  const asked = deletion.value;
  if (asked === null) {
    return;
  }
  try {
    const { message, removed } = await server.remove(asked.items, true);
    deletion.value = null;
    jobDetail.value = null;
    announcement.value = message.title;
    remark.value = message;
    await showWithout(removed);
  } catch (error) {
    deletion.value = null;
    report(error);
  }
}

async function showWithout(removed: readonly DeletableItem[]): Promise<void> {
  const ids = (kind: DeletableItem["kind"]) => removed.flatMap((item) => (item.kind === kind ? [item.id] : []));
  ids("job").forEach(forgetJob);
  const isHere = ids("conversation").includes(conversation.value);
  await Promise.all([
    ...(isHere ? [openConversation(newConversationId())] : [refreshState()]),
    ...(gallery.value === null ? [] : [refreshGallery()]),
    ...(voices.value === null ? [] : [refreshVoices()]),
  ]);
}

/** Reads the person's voices again. */
export async function refreshVoices(): Promise<void> {
  try {
    voices.value = (await server.voices()).voices;
  } catch (error) {
    voices.value ??= [];
    report(error);
  }
}
