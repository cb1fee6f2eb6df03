import type { LocalizedText } from "../ground/locale.ts";

/** What is said when people share their voices. */
export const sharingMessages = {
  // Said by earlier versions, whose records may name them.
  "voice.shared": {
    en: "Everybody here may now use the voice “{name}”.",
    "zh-CN": "现在所有人都可以使用音色“{name}”。",
  },
  "voice.unshared": { en: "Only you may now use the voice “{name}”.", "zh-CN": "现在只有您可以使用音色“{name}”。" },
  "share.everybody": { en: "everybody here", "zh-CN": "这里的所有人" },
  "share.role": { en: "role {id}", "zh-CN": "角色 {id}" },
  "share.ask": { en: "With whom do you want to share the voice “{name}”?", "zh-CN": "要与谁共享音色“{name}”？" },
  "share.means": {
    en: "Whoever you share it with can make it say anything; only you can train, share or delete it. You can stop sharing at any time; speech already made with it stays.",
    "zh-CN": "共享后，对方可以用它合成任意内容；只有您可以训练、共享或删除它。您可以随时取消共享，已合成的语音会保留。",
  },
  "share.now": { en: "Shared now with: {people}.", "zh-CN": "目前已共享给：{people}。" },
  "share.action": { en: "Share…", "zh-CN": "共享…" },
  "share.with-everybody": { en: "Everybody here", "zh-CN": "这里的所有人" },
  "share.with-others": { en: "Somebody else…", "zh-CN": "其他人…" },
  "share.stop": { en: "Stop sharing", "zh-CN": "取消共享" },
  "share.undo": { en: "Undo", "zh-CN": "撤销" },
  "share.done": {
    en: "The voice “{name}” is now shared with: {people}.",
    "zh-CN": "音色“{name}”现已共享给：{people}。",
  },
  "share.already": {
    en: "The voice “{name}” is already shared with: {people}.",
    "zh-CN": "音色“{name}”已共享给：{people}。",
  },
  "share.stopped": {
    en: "The voice “{name}” is no longer shared with: {people}.",
    "zh-CN": "音色“{name}”不再共享给：{people}。",
  },
  "share.was-not": {
    en: "The voice “{name}” was not shared with anybody named here: nothing changed.",
    "zh-CN": "音色“{name}”本来就没有共享给所指定的对象，未作更改。",
  },
  "share.still": { en: "Still shared with: {people}.", "zh-CN": "仍共享给：{people}。" },
  "share.only-you": { en: "Only you may use it now.", "zh-CN": "现在只有您可以使用它。" },
  "share.unknown": {
    en: "Nobody called “{name}” is known here. Give an id such as discord:42, a role such as discord:role:7, or “everybody”.",
    "zh-CN": "这里没有名为“{name}”的人。请填写编号（如 discord:42）、角色（如 discord:role:7），或填写 everybody。",
  },
  "share.several": {
    en: "Several people are called “{name}”. Give one of these ids: {ids}.",
    "zh-CN": "有多人名为“{name}”，请填写其中一个编号：{ids}。",
  },
  "share.yourself": { en: "The voice is yours already.", "zh-CN": "该音色本来就是您的。" },
} satisfies Record<string, LocalizedText>;
