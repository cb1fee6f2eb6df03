import type { LocalizedText } from "../ground/locale.ts";

/** What is said when people delete their own media and voices, and about what was deleted. */
export const deletingMessages = {
  "action.delete": { en: "Delete", "zh-CN": "删除" },
  "delete.confirm": { en: "Delete it", "zh-CN": "确认删除" },
  "delete.voice-ask": { en: "Delete the voice “{name}” for good?", "zh-CN": "要永久删除音色“{name}”吗？" },
  "delete.voice-goes": {
    en: "Nobody can speak with it afterwards, and it cannot be brought back. Speech already made with it is kept.",
    "zh-CN": "删除后无法再用它合成语音，也无法恢复。已用它合成的语音会保留。",
  },
  "delete.voice-shared": {
    en: "You share it, so everybody here loses it, too.",
    "zh-CN": "该音色已共享：这里的其他人也将无法再使用。",
  },
  "delete.voice-shared-with": {
    en: "You share it with: {people}. They lose it, too.",
    "zh-CN": "该音色已共享给：{people}。他们也将无法再使用。",
  },
  "delete.voice-at-vendor": {
    en: "{provider} is asked to delete it, too.",
    "zh-CN": "同时会请求{provider}删除该音色。",
  },
  "delete.voice-vendor-keeps": {
    en: "{provider} offers no way to delete a voice from here and keeps it under its own terms: ask {provider} to delete it.",
    "zh-CN": "{provider}没有提供删除音色的接口，会按其自身条款保存：请向{provider}申请删除。",
  },
  "delete.voice-done": { en: "The voice “{name}” has been deleted.", "zh-CN": "音色“{name}”已删除。" },
  "delete.voice-vendor-deleted": { en: "{provider} has deleted it, too.", "zh-CN": "{provider}也已删除该音色。" },
  "delete.voice-vendor-later": {
    en: "{provider} has not deleted it yet, and is asked again every hour until it has. The reason: {reason}",
    "zh-CN": "{provider}尚未删除该音色，每小时会再次请求，直到删除为止。原因：{reason}",
  },
  "delete.voice-vendor-refused": {
    en: "{provider} did not delete it. An operator can do so in the vendor's console; the log has its name there. The reason: {reason}",
    "zh-CN": "{provider}未删除该音色。管理员可在服务商控制台删除，其名称见日志。原因：{reason}",
  },
  "voice.deleted": {
    en: "This voice was deleted by its owner. Choose another one.",
    "zh-CN": "该音色已被其所有者删除，请选择其他音色。",
  },
  "voice.deleted-by-you": { en: "You have deleted this voice.", "zh-CN": "您已删除该音色。" },
  "voice.in-use": {
    en: "The voice “{name}” is needed by a job of yours that has not ended: {job} ({id}). Cancel the job, or delete the voice when it has ended. Nothing was deleted.",
    "zh-CN": "您有未结束的任务需要音色“{name}”：{job}（{id}）。请先取消该任务，或等它结束后再删除。未删除任何内容。",
  },
  "voice.in-use-by-others": {
    en: "Somebody you share the voice “{name}” with has a job that needs it and has not ended. Stop sharing it, and delete it when that job has ended. Nothing was deleted.",
    "zh-CN": "与您共享音色“{name}”的人有未结束的任务需要它。请先取消共享，等该任务结束后再删除。未删除任何内容。",
  },
  "voice.not-yours-to-delete": {
    en: "Only the person who made the voice “{name}” can delete it.",
    "zh-CN": "只有创建者可以删除音色“{name}”。",
  },
  "delete.choose": { en: "Which of your files should be deleted?", "zh-CN": "要删除哪个文件？" },
  "delete.choose-how": {
    en: "Give the id of a file, or of a job for all its files. These are your newest files.",
    "zh-CN": "请提供文件编号；提供任务编号则删除该任务的所有文件。以下是您最近的文件。",
  },
  "delete.no-files": { en: "None of your files is kept here.", "zh-CN": "这里没有保存您的文件。" },
  "delete.media-ask": { en: "Delete these files for good? ({count})", "zh-CN": "要永久删除这些文件吗？（{count} 个）" },
  "delete.file-ask": { en: "Delete this file for good?", "zh-CN": "要永久删除这个文件吗？" },
  "delete.file-goes": {
    en: "It cannot be brought back. Jobs that used or made it will say that you deleted it.",
    "zh-CN": "删除后无法恢复。用过或生成它的任务会注明文件已被您删除。",
  },
  "delete.file-vendors": {
    en: "A vendor that used or made it ({vendors}) keeps its copy under its own terms, and none offers a way to delete files from here. Ask it directly.",
    "zh-CN": "用过或生成它的服务商（{vendors}）会按其自身条款保存副本，且没有提供删除文件的接口，请向其申请删除。",
  },
  "delete.media-goes": {
    en: "They cannot be brought back. Jobs that used or made them will say that you deleted them.",
    "zh-CN": "删除后无法恢复。用过或生成它们的任务会注明文件已被您删除。",
  },
  "delete.media-vendors": {
    en: "Vendors that used or made them ({vendors}) keep their copies under their own terms, and none offers a way to delete files from here. Ask them directly.",
    "zh-CN": "用过或生成它们的服务商（{vendors}）会按其自身条款保存副本，且没有提供删除文件的接口，请向其申请删除。",
  },
  "delete.media-elsewhere": {
    en: "Copies already delivered, for example in a chat, or saved elsewhere remain there: delete them yourself.",
    "zh-CN": "已发送到聊天或另存到别处的副本仍会保留，请自行删除。",
  },
  "delete.media-done": { en: "Deleted: {count}", "zh-CN": "已删除：{count} 个文件" },
  "delete.media-already": { en: "You have deleted this already.", "zh-CN": "您已删除过，无需重复删除。" },
  "delete.media-not-there": {
    en: "You have no file or job with the id {id}.",
    "zh-CN": "您没有编号为 {id} 的文件或任务。",
  },
  "delete.media-job-empty": { en: "No file of the job {id} is kept.", "zh-CN": "任务 {id} 没有保存的文件。" },
  "delete.some-ask": { en: "Delete these for good? ({count})", "zh-CN": "要永久删除这些内容吗？（{count} 项）" },
  "delete.one-ask": { en: "Delete this for good?", "zh-CN": "要永久删除此内容吗？" },
  "delete.job-goes": {
    en: "The job is deleted with its request, its timeline and what it made, and cannot be brought back. Your uploads and voices stay, and so do the totals of what was charged. The same request never starts again.",
    "zh-CN":
      "任务会连同请求、过程和生成的文件一起删除，无法恢复。您上传的文件和音色会保留，扣费统计也会保留。该请求不会再次执行。",
  },
  "delete.jobs-goes": {
    en: "Jobs are deleted with their requests, their timelines and what they made, and cannot be brought back. Your uploads and voices stay, and so do the totals of what was charged. An old request never starts again.",
    "zh-CN":
      "任务会连同请求、过程和生成的文件一起删除，无法恢复。您上传的文件和音色会保留，扣费统计也会保留。已提交过的请求不会再次执行。",
  },
  "delete.jobs-vendors": {
    en: "What was sent to {vendors} and made there is kept there under the vendor's own terms, and cannot be deleted from here. Ask the vendor directly.",
    "zh-CN": "{vendors}会按其自身条款保存收到和生成的内容，且没有提供删除接口，请向其申请删除。",
  },
  "delete.voices-go": {
    en: "Nobody can speak with a deleted voice, and it cannot be brought back. Speech already made with it is kept.",
    "zh-CN": "音色删除后无法再用来合成语音，也无法恢复。已用它合成的语音会保留。",
  },
  "delete.kind.file": { en: "File", "zh-CN": "文件" },
  "delete.kind.job": { en: "Job", "zh-CN": "任务" },
  "delete.kind.voice": { en: "Voice", "zh-CN": "音色" },
  "delete.kind.conversation": { en: "Conversation", "zh-CN": "会话" },
  "delete.some-done": { en: "Deleted: {count}", "zh-CN": "已删除：{count} 项" },
  "delete.some-left": { en: "Not deleted: {count}", "zh-CN": "未删除：{count} 项" },
  "delete.some-both": {
    en: "Deleted: {count}. Not deleted: {left}.",
    "zh-CN": "已删除 {count} 项，未删除 {left} 项。",
  },
  "delete.not-there": { en: "It is not there any more, or is not yours.", "zh-CN": "它已不存在，或不属于您。" },
  "delete.job-open": {
    en: "The job has not ended: {job} ({id}). Cancel it, or delete it when it has ended. Nothing was deleted.",
    "zh-CN": "任务尚未结束：{job}（{id}）。请先取消，或等它结束后再删除。未删除任何内容。",
  },
  "delete.job-not-over": {
    en: "The result of this job is still on its way to you, or a vendor may still send one: {job} ({id}). Delete it later. Nothing was deleted.",
    "zh-CN": "此任务的结果仍在送达途中，或服务商仍可能返回结果：{job}（{id}）。请稍后再删除。未删除任何内容。",
  },
  "delete.record-needs-job": {
    en: "Give the id of a job: only jobs have a record to delete.",
    "zh-CN": "请填写任务编号：只有任务才有可删除的记录。",
  },
  "delete.job-done": { en: "The job has been deleted.", "zh-CN": "任务已删除。" },
  "delete.job-ask": { en: "Delete the job “{job}” for good?", "zh-CN": "要永久删除任务“{job}”吗？" },
  "media.in-use": {
    en: "{name} is needed by a job that has not ended: {job} ({id}). Cancel the job, or delete the file when it has ended. Nothing was deleted.",
    "zh-CN": "有未结束的任务需要 {name}：{job}（{id}）。请先取消该任务，或等它结束后再删除。未删除任何内容。",
  },
  "media.deleted": { en: "This file was deleted by its owner.", "zh-CN": "该文件已被其所有者删除。" },
  "job.media-deleted": { en: "Files deleted by their owner: {count}", "zh-CN": "已被其所有者删除的文件：{count} 个" },
  "job.media-lost": {
    en: "Files that cannot be found: {count}. Their records are missing; an operator can find out more with toolcast doctor.",
    "zh-CN": "找不到的文件：{count} 个。其记录缺失，管理员可运行 toolcast doctor 查看原因。",
  },
  "job.media-gone": {
    en: "Files that have expired and are no longer kept: {count}",
    "zh-CN": "已过保存期限、不再保存的文件：{count} 个",
  },
} satisfies Record<string, LocalizedText>;
