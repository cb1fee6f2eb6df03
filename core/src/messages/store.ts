import type { LocalizedText } from "../ground/locale.ts";

/** What is said about a store that is a copy, or that nobody works on. */
export const storeMessages = {
  "store.copied": {
    en: "This data directory is a copy of another one, which may still be in use. So that nothing is paid or delivered twice, nothing paid is started and nothing is delivered from here; running work is still checked. If this is the copy to continue with, stop the other one and run: toolcast release",
    "zh-CN":
      "该数据目录是另一个数据目录的副本，原目录可能仍在使用。为避免重复计费和重复发送，此处不会开始任何计费任务，也不会发送结果；进行中的任务仍会查询状态。如确定改用此副本，请先停止原来的程序，然后运行：toolcast release",
  },
  "store.mixed": {
    en: "jobs.sqlite and store-epoch in this data directory do not belong together: one of them was restored from a backup, or is missing. So that nothing is paid or delivered twice, nothing paid is started and nothing is delivered; running work is still checked. Restore the whole directory, or continue with it as it is: toolcast release",
    "zh-CN":
      "该数据目录中的 jobs.sqlite 与 store-epoch 不匹配：其中一个是从备份恢复的，或已缺失。为避免重复计费和重复发送，暂不开始任何计费任务，也不发送结果；进行中的任务仍会查询状态。请恢复整个目录，或按现状继续：toolcast release",
  },
  "store.database-copied": {
    en: "This database was restored or copied from another one, which may still be in use. So that nothing is paid or delivered twice, nothing paid is started and nothing is delivered from here; running work is still checked. If this is the copy to continue with, stop what uses the other one and run: toolcast release",
    "zh-CN":
      "该数据库是由另一个数据库恢复或复制而来的，原数据库可能仍在使用。为避免重复计费和重复发送，此处不会开始任何计费任务，也不会发送结果；进行中的任务仍会查询状态。如确定改用此副本，请先停止使用原数据库的程序，然后运行：toolcast release",
  },
  "store.no-worker": {
    en: "Requests are taken, but nobody carries them out: for a minute, no server with the role worker or all has been running on this database. Nothing is lost. Start one: toolcast start --role worker",
    "zh-CN":
      "请求正在接收，但没有服务器执行：一分钟以来，没有角色为 worker 或 all 的服务器在使用该数据库。内容不会丢失。请启动一个：toolcast start --role worker",
  },
  "store.refuses": {
    en: "Nothing was started or stored: this installation's data was restored or copied, and its operator has to release it first (toolcast release). Ask again after that.",
    "zh-CN":
      "未开始任何任务，也未保存：该系统的数据是恢复或复制而来的，需要管理员先确认放行（toolcast release）。放行后请重新发起。",
  },
  "store.needs-release": {
    en: "This installation's data was restored or copied, and its operator has to release it first.",
    "zh-CN": "该系统的数据是恢复或复制而来的，需要管理员先确认放行。",
  },
  "store.waits-title": { en: "Waiting for the operator's release: {tool}", "zh-CN": "等待管理员放行：{tool}" },
  "store.waits": {
    en: "Nothing is started yet: this installation's data was restored or copied, and its operator has to release it first. The job is kept, and nothing has been charged for it.",
    "zh-CN": "尚未开始：该系统的数据是恢复或复制而来的，需要管理员先确认放行。任务已保存，且未产生费用。",
  },
  "storage.full": {
    en: "This installation's disk is full, so nothing new can be stored at the moment. Nothing is lost; an operator needs to free up space.",
    "zh-CN": "本系统的磁盘已满，暂时无法保存新内容。已有内容不会丢失：请管理员清理磁盘空间。",
  },
  "storage.unwritable": {
    en: "This installation's disk cannot be written to, so nothing new can be stored at the moment. Nothing is lost; an operator needs to look into it.",
    "zh-CN": "本系统的磁盘无法写入，暂时无法保存新内容。已有内容不会丢失：请管理员检查磁盘。",
  },
  "storage.away": {
    en: "This installation's database cannot be reached, so nothing new can be stored at the moment. Nothing is lost; try again in a minute.",
    "zh-CN": "本系统暂时连不上数据库，无法保存新内容。已有内容不会丢失，请稍后再试。",
  },
  "storage.unclear": {
    en: "This installation's database was lost while your request was being stored, so it is not known whether it was. Look at your jobs in a minute, before you ask again.",
    "zh-CN": "保存请求时数据库连接中断，无法确定是否已保存。请稍后先查看您的任务，再决定是否重新发起。",
  },
  "storage.bucket": {
    en: "This installation's storage for media cannot be used, so nothing new can be stored at the moment. Nothing is lost; try again in a minute.",
    "zh-CN": "本系统的媒体存储暂时无法使用，无法保存新内容。已有内容不会丢失，请稍后再试。",
  },
} as const satisfies Record<string, LocalizedText>;
