import type { LocalizedText } from "../ground/locale.ts";

/** What is kept about people, and what is said when it is erased. */
export const forgettingMessages = {
  "privacy.title": { en: "What is kept about you here", "zh-CN": "这里保存了您的哪些信息" },
  "privacy.where": {
    en: "Everything is stored on the machine of whoever runs this installation. Nothing is sold, or used for advertising or training.",
    "zh-CN": "所有内容都保存在部署者自己的机器上，不会出售、用于广告或训练模型。",
  },
  "privacy.vendors": {
    en: "What a tool needs goes to the vendor that does the work ({vendors}): your words, and the files you name. The vendor keeps it under its own terms.",
    "zh-CN": "工具所需的内容会发送给完成任务的服务商（{vendors}）：您的文字和指定的文件。服务商按其自身条款保存。",
  },
  "privacy.no-vendor": { en: "none is set up", "zh-CN": "尚未配置" },
  "privacy.jobs": {
    en: "Requests, their progress and the text of their results; your name on the platform and where you asked",
    "zh-CN": "请求、过程和结果文字；平台上的名称以及提问的位置",
  },
  "privacy.media": { en: "Files that you sent or had made", "zh-CN": "您上传和生成的文件" },
  "privacy.voices": { en: "Voices that you made, with your consent to each", "zh-CN": "您克隆的音色及授权记录" },
  "privacy.events": {
    en: "Events from platforms, buttons, half-filled forms, questions",
    "zh-CN": "平台事件、按钮、未填完的表单和提问",
  },
  "privacy.sums": { en: "Totals of what was charged, by day and person", "zh-CN": "按日期和人员统计的扣费金额" },
  "privacy.until-forgotten": { en: "until you erase them", "zh-CN": "直到您清除" },
  "privacy.days": { en: "{days} days, or until you erase them", "zh-CN": "{days} 天，或直到您清除" },
  "privacy.days-after": {
    en: "{days} days after they ended, or until you erase them; longer while their files are kept",
    "zh-CN": "结束后 {days} 天，或直到您清除；其文件仍保留时更久",
  },
  "privacy.month": { en: "at most 30 days", "zh-CN": "最多 30 天" },
  "privacy.stays": { en: "kept, without contents", "zh-CN": "保留，不含内容" },
  "forget.ask": {
    en: "Erase everything that is kept about you here?",
    "zh-CN": "要清除这里保存的所有与您有关的信息吗？",
  },
  "forget.goes": {
    en: "Erased for good: your requests and conversations, your files and results, your voices (at vendors that can delete them, too), and what was stored in order to answer you. Voices that you shared are gone for the others, too.",
    "zh-CN":
      "将永久清除：您的请求和对话、文件和结果、音色（支持删除的服务商处一并删除），以及为回复您所做的记录。您共享的音色，其他人也将无法再用。",
  },
  "forget.work": {
    en: "Waiting jobs are cancelled. Jobs under way may already have been charged: they are finished, delivered to you and then erased.",
    "zh-CN": "等待中的任务会取消。进行中的任务可能已扣费：完成并送达给您后再清除。",
  },
  "forget.stays": {
    en: "Kept: totals of what was charged, without contents. Messages in this chat belong to the platform; ask vendors ({vendors}) to delete what they hold.",
    "zh-CN": "会保留：不含内容的扣费统计。此聊天中的消息属于平台；服务商（{vendors}）保存的内容请向其申请删除。",
  },
  "forget.confirm": { en: "Erase it", "zh-CN": "确认清除" },
  "forget.done": { en: "Everything that was kept about you has been erased.", "zh-CN": "与您有关的信息已全部清除。" },
  "forget.goes-on": {
    en: "Erased. Jobs under way ({count}) are erased once their results have reached you.",
    "zh-CN": "已清除。进行中的任务（{count} 个）会在结果送达后清除。",
  },
  "forget.erased": { en: "The person who asked for this had it erased.", "zh-CN": "已应其所有者要求清除。" },
} satisfies Record<string, LocalizedText>;
