import { UsageError } from "../errors/errors.ts";
import { say } from "../messages/sentence.ts";
import { flag, voice } from "./field.ts";
import { defineTool } from "./tool.ts";

/** Lets everybody in this installation use a voice, or revokes that; only its maker can. */
export const shareVoice = defineTool({
  name: "share_voice",
  command: "share",
  effect: "changes",
  title: { en: "Share a voice", "zh-CN": "共享音色" },
  summary: {
    en: "Lets everybody here use one of your voices, or stops that.",
    "zh-CN": "允许这里的所有人使用您的音色，或取消共享。",
  },
  primary: "voice",
  private: true,
  input: {
    voice: voice({
      title: { en: "Voice", "zh-CN": "音色" },
      summary: { en: "The name of one of your voices.", "zh-CN": "您的音色名称。" },
      ownOnly: true,
    }),
    shared: flag({
      title: { en: "Shared", "zh-CN": "共享" },
      summary: { en: "Yes to share, no to stop. Default yes.", "zh-CN": "“是”为共享，“否”为取消共享。默认共享。" },
      optional: true,
    }),
  },
  async answer(input, { caller, voices }) {
    const { id, owner, name } = await voices.find(input.voice, caller.id, "voice");
    if (owner !== caller.id) {
      throw new UsageError({ key: "voice.not-yours-to-share", values: { name } }, "voice");
    }
    const shared = input.shared ?? true;
    await voices.change(id, (current) => current && { ...current, shared });
    return {
      message: {
        tone: "success",
        title: say({ key: shared ? "voice.shared" : "voice.unshared", values: { name } }, caller.locale),
      },
      data: { voice: id, shared },
    };
  },
});
