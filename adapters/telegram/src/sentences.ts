import type { LocalizedText } from "@toolcast/core";

/** What the adapter itself says; everything else comes from core. */
export const sentences = {
  begun: { en: "Working on it…", "zh-CN": "正在处理…" },
  ready: { en: "Ready.", "zh-CN": "已完成。" },
  seeAbove: { en: "Please look at the answer above.", "zh-CN": "请查看上方的回复。" },
  welcome: {
    en: "Hello! Send a command, or reply with one to a picture, recording, video or text that it should use.",
    "zh-CN": "您好！直接发送命令，或用命令回复一张图片、一段音频、视频或文字，即可以其作为输入。",
  },
  welcomeForms: {
    en: "If you leave out something a command needs, I will ask for it. You can also send a file with a command as its caption.",
    "zh-CN": "命令缺少的内容我会逐项询问，也可以在发送文件时把命令写在说明文字里。",
  },
  help: { en: "What I can do", "zh-CN": "帮助" },
  unknown: {
    en: "I do not know that command. /help lists them all.",
    "zh-CN": "没有这个命令，发送 /help 可查看全部命令。",
  },
  notACommand: {
    en: "I did not understand that. Send a command; /help lists them all.",
    "zh-CN": "无法理解，请发送命令。/help 可查看全部命令。",
  },
  notHere: {
    en: "Here I only answer commands that cost and change nothing. Send me anything else in our own chat.",
    "zh-CN": "在这里我只回答不产生费用、不做改动的命令。其他请求请在与我的私聊中发送。",
  },
  late: {
    en: "This reached me late, after {duration}. Nothing was started. Send it again if you still want it.",
    "zh-CN": "此消息延迟了 {duration} 才送达，未开始任何任务。如仍需要，请重新发送。",
  },
  latePress: {
    en: "Your press may have reached me more than an hour late. Nothing was started. Press again if you still want it.",
    "zh-CN": "您的点击可能延迟了一小时以上才送达，未开始任何任务。如仍需要，请再次点击。",
  },
  anonymous: {
    en: "Telegram shows only that this comes from an administrator of the group, not from whom. Turn off “Remain anonymous” for yourself and send it again.",
    "zh-CN": "Telegram 只显示这是本群管理员的请求，不显示具体是谁。请关闭“匿名”后重新发送。",
  },
  fileTooLarge: {
    en: "{name} is {size}; Telegram lets bots download at most {limit}. Nothing was started. Send a smaller file or a link.",
    "zh-CN":
      "{name} 大小为 {size}，Telegram 只允许机器人下载不超过 {limit} 的文件，未执行任何操作。请换较小的文件或链接。",
  },
  albumTooLong: {
    en: "That command takes fewer files than you sent; the others are not used.",
    "zh-CN": "该命令可用的文件少于您发送的数量，多出的文件未使用。",
  },
  albumLate: {
    en: "More of your album reached me after I had begun; it is not used. Send the whole album again if you need it.",
    "zh-CN": "相册的部分文件在开始处理后才送达，未使用。如需要，请重新发送整个相册。",
  },
  openDirect: {
    en: "This answer is only for you. Open a chat with me, press Start, and send the command again. Nothing was started.",
    "zh-CN": "此回复仅供您本人查看。请先打开与我的私聊并点击开始，再重新发送命令。未开始任何任务。",
  },
  continueDirect: {
    en: "This answer is only for you. Open a chat with me and press Start: your command continues there. Nothing was started yet.",
    "zh-CN": "此回复仅供您本人查看。请打开与我的私聊并点击开始，命令将在那里继续。目前未开始任何任务。",
  },
  notThere: {
    en: "I am not allowed to write in {group}, so I am answering here.",
    "zh-CN": "我无法在“{group}”中发言，因此在这里回复您。",
  },
  keptRequest: {
    en: "You asked for this in {group}, where I am not allowed to write: {tool}. Nothing was started.",
    "zh-CN": "您曾在“{group}”中请求：{tool}。我无法在那里发言，因此未开始任何任务。",
  },
  continueKept: { en: "Continue here", "zh-CN": "在此继续" },
  filesForbidden: {
    en: "I am not allowed to send these files here. Open a chat with me and press Start to get them there.",
    "zh-CN": "我在这里无权发送这些文件。请打开与我的私聊并点击开始，即可在那里收到。",
  },
  filesAsLinks: { en: "I am not allowed to send these files here.", "zh-CN": "我在这里无权发送这些文件。" },
  openDirectButton: { en: "Open the chat", "zh-CN": "打开私聊" },
  askedToAnswer: {
    en: "Answer by replying to this message. To cancel, send /stop.",
    "zh-CN": "请回复此消息作答；发送 /stop 可取消。",
  },
  askedToWrite: { en: "Write your answer, or send the file.", "zh-CN": "请直接输入，或发送文件。" },
  overview: { en: "What would you like to change?", "zh-CN": "您想修改哪一项？" },
  go: { en: "Go", "zh-CN": "开始" },
  stop: { en: "Cancel", "zh-CN": "取消" },
  stopped: { en: "Cancelled. Nothing was started.", "zh-CN": "已取消，未开始任何任务。" },
  nothingToStop: { en: "There is no question to cancel.", "zh-CN": "当前没有待回答的问题。" },
  notYours: { en: "This question is for somebody else.", "zh-CN": "此问题属于其他人。" },
  questionGone: { en: "This question has been answered or has expired.", "zh-CN": "此问题已回答或已过期。" },
  noAccess: {
    en: "Work that may cost money is only for people and chats that an operator has let in.",
    "zh-CN": "可能产生费用的操作仅对管理员允许的用户和群组开放。",
  },
  noOperator: {
    en: "This bot cannot ask any operator yet. Give one your id: {id}",
    "zh-CN": "目前无法通过机器人联系管理员，请将您的编号告知管理员：{id}",
  },
  askAccess: { en: "Ask for access", "zh-CN": "申请访问" },
  accessAsked: { en: "The operators have been asked.", "zh-CN": "已向管理员提交申请。" },
  accessWanted: {
    en: "{name} ({id}) asks for access.",
    "zh-CN": "{name}（{id}）申请访问权限。",
  },
  letIn: { en: "Let in", "zh-CN": "允许" },
  keepOut: { en: "Keep out", "zh-CN": "拒绝" },
  wasLetIn: { en: "{name} has been let in.", "zh-CN": "已允许 {name} 访问。" },
  wasKeptOut: { en: "{name} has been refused.", "zh-CN": "已拒绝 {name} 的申请。" },
  youAreIn: { en: "You have been let in. Send your command again.", "zh-CN": "您已获得访问权限，请重新发送命令。" },
  youStayOut: { en: "An operator has declined.", "zh-CN": "管理员拒绝了您的申请。" },
  access: { en: "Who has been let in", "zh-CN": "查看已获准的用户和群组" },
  haveAccess: {
    en: "These people and groups may start work that may cost money, besides the operators:",
    "zh-CN": "除管理员外，以下用户和群组可以执行可能产生费用的操作：",
  },
  nobodyHasAccess: {
    en: "Only operators may start work that may cost money. To let in somebody else, send /access with their id.",
    "zh-CN": "目前只有管理员可以执行可能产生费用的操作。要允许他人，请发送 /access 加上其编号。",
  },
  hasAccess: { en: "{name} ({id}) has access.", "zh-CN": "{name}（{id}）已获准访问。" },
  hasNoAccess: { en: "{name} ({id}) has no access.", "zh-CN": "{name}（{id}）尚未获准访问。" },
  endAccess: { en: "End access of {name}", "zh-CN": "撤销 {name} 的权限" },
  earlierPage: { en: "Back", "zh-CN": "上一页" },
  laterPage: { en: "More", "zh-CN": "下一页" },
  accessEnded: {
    en: "{name} can start nothing that may cost money any more. What has been started continues.",
    "zh-CN": "{name} 不能再执行可能产生费用的操作，已开始的任务会继续。",
  },
  yourAccessEnded: {
    en: "An operator has ended your access. What has been started continues.",
    "zh-CN": "管理员已撤销您的访问权限，已开始的任务会继续。",
  },
  accessInPrivate: { en: "Send me this in our own chat.", "zh-CN": "请在与我的私聊中发送此命令。" },
  operatorsOnly: { en: "Only operators can decide this.", "zh-CN": "只有管理员可以决定。" },
} as const satisfies Record<string, LocalizedText>;
