import { UsageError } from "../errors/errors.ts";
import type { LocalizedText } from "../ground/locale.ts";
import { listed } from "../messages/listed.ts";
import { inEveryLanguage, type Sentence, say } from "../messages/sentence.ts";
import { grantees } from "../voices/grantees.ts";
import type { Voice } from "../voices/voice-book.ts";
import { confirmDeletion } from "./confirm-deletion.ts";
import { voice } from "./field.ts";
import { defineTool, type ToolAnswer, type ToolContext, type VoiceDeletion } from "./tool.ts";

/** Deletes a voice here and at its vendor, once its maker has confirmed. */
export const deleteVoice = defineTool({
  name: "delete_voice",
  command: "delete_voice",
  effect: "changes",
  title: { en: "Delete a voice", "zh-CN": "删除音色" },
  summary: {
    en: "Deletes one of your voices for good. Asks before it does.",
    "zh-CN": "永久删除您的音色，执行前先确认。",
  },
  primary: "voice",
  private: true,
  input: {
    voice: voice({
      title: { en: "Voice", "zh-CN": "音色" },
      summary: { en: "The name of one of your voices.", "zh-CN": "您的音色名称。" },
      ownOnly: true,
    }),
    confirm: confirmDeletion,
  },
  async answer(input, { caller, voices, providers, deletions }): Promise<ToolAnswer> {
    const { locale } = caller;
    const voice = await voices.find(input.voice, caller, "voice");
    const { id, owner, name } = voice;
    if (owner !== caller.id) {
      throw new UsageError({ key: "voice.not-yours-to-delete", values: { name } }, "voice");
    }
    const vendor = providers.find((one) => one.id === voice.provider);
    const provider = vendor?.title ?? voice.provider;
    if (input.confirm !== true) {
      const lines: Sentence[] = [{ key: "delete.voice-goes" }, ...whoLoses(voice), atVendor(voice, providers)];
      return {
        message: {
          tone: "question",
          title: say({ key: "delete.voice-ask", values: { name } }, locale),
          lines: lines.map((line) => say(line, locale)),
          actions: [
            {
              action: "form",
              subject: id,
              label: say({ key: "delete.confirm" }, locale),
              style: "danger",
              form: { command: "delete_voice", input: { voice: id, confirm: true } },
            },
          ],
        },
        data: {
          deleted: false,
          voice: id,
          shared: grantees(voice).length > 0,
          confirmWith: { voice: id, confirm: true },
        },
      };
    }
    const end = await deletions.voice(voice);
    return {
      message: {
        tone: end.vendor === "later" || end.vendor === "refused" ? "warning" : "success",
        title: say({ key: "delete.voice-done", values: { name } }, locale),
        lines: [say(vendorSentence(end, provider), locale)],
      },
      data: { deleted: true, voice: id, vendor: end.vendor },
    };
  },
});

/** Who loses a voice besides its owner, to be said before it is deleted. */
export function whoLoses(voice: Voice): Sentence[] {
  const people = grantees(voice);
  if (voice.shared) {
    return [{ key: "delete.voice-shared" }];
  }
  return people.length === 0 ? [] : [{ key: "delete.voice-shared-with", values: { people: listed(people) } }];
}

/** What its vendor will do or keeps, to be said before it is deleted. */
export function atVendor({ provider: id }: Voice, providers: ToolContext["providers"]): Sentence {
  const vendor = providers.find((one) => one.id === id);
  const values = { provider: vendor?.title ?? id };
  return { key: vendor?.deleteVoice === undefined ? "delete.voice-vendor-keeps" : "delete.voice-at-vendor", values };
}

/** What happened at the vendor, to be said. */
export function vendorSentence(end: VoiceDeletion, provider: string | LocalizedText): Sentence {
  switch (end.vendor) {
    case "deleted":
      return { key: "delete.voice-vendor-deleted", values: { provider } };
    case "keeps":
      return { key: "delete.voice-vendor-keeps", values: { provider } };
    case "later":
    case "refused":
      return {
        key: `delete.voice-vendor-${end.vendor}`,
        values: { provider, reason: inEveryLanguage(end.reason) },
      };
    default:
      return end satisfies never;
  }
}
