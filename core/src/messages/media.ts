import type { LocalizedText } from "../ground/locale.ts";

/** What is said about files and links. */
export const mediaMessages = {
  "media.kind.image": { en: "picture", "zh-CN": "图片" },
  "media.kind.audio": { en: "audio", "zh-CN": "音频" },
  "media.kind.video": { en: "video", "zh-CN": "视频" },
  "media.unreadable": {
    en: "This file is not a picture, audio or video that can be read. It may be damaged.",
    "zh-CN": "无法识别该文件：它不是可读取的图片、音频或视频，也可能已损坏。",
  },
  "media.not-read": {
    en: "{actual} files cannot be read here. Export it as mp4, or as mp3 or wav if it is only sound.",
    "zh-CN": "无法读取 {actual} 格式的文件。请导出为 mp4；若只有声音，请导出为 mp3 或 wav。",
  },
  "media.picture-not-read": {
    en: "{actual} pictures are not accepted. Export it as png or jpg.",
    "zh-CN": "不支持 {actual} 格式的图片，请导出为 png 或 jpg。",
  },
  "media.no-medium": {
    en: "This is a file of type {actual}, not a picture, audio or video.",
    "zh-CN": "该文件是 {actual} 格式，不是图片、音频或视频。",
  },
  "media.coding": {
    en: "The sound in this {format} file is encoded as {actual}, which is not accepted. Export it as wav with PCM (16 bit), or as mp3.",
    "zh-CN": "该 {format} 文件的音频编码为 {actual}，不受支持。请导出为 PCM（16 位）编码的 wav，或 mp3。",
  },
  "media.unknown-size": {
    en: "The width and height of this file cannot be read, so they cannot be checked. Export it again with another program.",
    "zh-CN": "读不出该文件的宽和高，无法校验。请用其他软件重新导出后再试。",
  },
  "media.kind": {
    en: "Expected {expected}, but this file is {actual}.",
    "zh-CN": "此处需要{expected}，但该文件是{actual}。",
  },
  "media.format": {
    en: "The format {actual} is not accepted; use {formats}.",
    "zh-CN": "不支持 {actual} 格式，请使用 {formats}。",
  },
  "media.codec": {
    en: "The video is encoded as {actual}; only {codecs} is accepted.",
    "zh-CN": "该视频的编码为 {actual}，仅支持 {codecs}。",
  },
  "media.kept-too-large": {
    en: "{name} ({size}) is larger than the {limit} that can be sent here. It is kept: an operator can open it in the web console, or set PUBLIC_URL, and the job then shows a link to it.",
    "zh-CN":
      "{name}（{size}）超过此处可发送的 {limit}，已保存。管理员可在网页控制台打开，或设置 PUBLIC_URL，之后任务中会显示下载链接。",
  },
  "media.sent-smaller": {
    en: "{name} ({size}) is larger than the {limit} that can be sent here: this is an MP3 of it. The original is kept.",
    "zh-CN": "{name}（{size}）超过此处可发送的 {limit}，现以 MP3 发送，原文件已保存。",
  },
  "media.too-large": {
    en: "The file is {actual}; the limit is {limit}.",
    "zh-CN": "文件大小为 {actual}，上限为 {limit}。",
  },
  "media.too-short": {
    en: "It lasts {actual}; at least {limit} is needed.",
    "zh-CN": "时长为 {actual}，至少需要 {limit}。",
  },
  "media.too-long": {
    en: "It lasts {actual}; at most {limit} is accepted.",
    "zh-CN": "时长为 {actual}，最长 {limit}。",
  },
  "media.short-side": {
    en: "The shorter side has {actual} pixels; it must have {min} to {max}.",
    "zh-CN": "短边为 {actual} 像素，须在 {min} 到 {max} 像素之间。",
  },
  "media.long-side": {
    en: "The longer side has {actual} pixels; it must have {min} to {max}.",
    "zh-CN": "长边为 {actual} 像素，须在 {min} 到 {max} 像素之间。",
  },
  "media.frame-rate": {
    en: "It has {actual} frames per second; {min} to {max} are accepted.",
    "zh-CN": "帧率为每秒 {actual} 帧，须在 {min} 到 {max} 帧之间。",
  },
  "media.unknown-frame-rate": {
    en: "The frame rate of this video cannot be read, so it cannot be checked. Export it again with another program.",
    "zh-CN": "读不出该视频的帧率，无法校验。请用其他软件重新导出后再试。",
  },
  "media.sample-rate": {
    en: "Its sample rate is {actual} Hz; at least {min} Hz is needed. Record it at a higher rate: converting does not help.",
    "zh-CN": "采样率为 {actual} Hz，至少需要 {min} Hz。请以更高采样率重新录制，转换格式无法改善。",
  },
  "media.unknown-sample-rate": {
    en: "The sample rate of this file cannot be read, so it cannot be checked. Export it again with another program.",
    "zh-CN": "读不出该文件的采样率，无法校验。请用其他软件重新导出后再试。",
  },
  "media.unknown-duration": {
    en: "The length of this file cannot be read, so it cannot be checked. Export it again with another program.",
    "zh-CN": "读不出该文件的时长，无法校验。请用其他软件重新导出后再试。",
  },
  "media.upload-too-large": { en: "The file is larger than {limit}.", "zh-CN": "文件超过 {limit} 上限。" },
  "media.data-malformed": {
    en: "This data: address cannot be read. It must be data:<type>;base64,<the file in base64>.",
    "zh-CN": "无法读取该 data: 地址，格式须为 data:<类型>;base64,<文件的 base64 内容>。",
  },
  "media.data-too-large": {
    en: "The file in the data: address is larger than {limit}. Give a link to it, or upload it.",
    "zh-CN": "data: 地址中的文件超过 {limit} 上限，请改用链接或上传。",
  },
  "media.upload-empty": { en: "The file is empty.", "zh-CN": "文件是空的。" },
  "media.upload-raw": {
    en: "Send the file itself as the body, with its name percent-encoded in X-File-Name.",
    "zh-CN": "请直接以文件内容作为请求体，并在 X-File-Name 中写入百分号编码的文件名。",
  },
  "media.result-unreachable": {
    en: "The provider has finished, but the result cannot be fetched from it ({reason}).",
    "zh-CN": "服务商已完成，但暂时无法取回结果（{reason}）。",
  },
  "media.made-unusable": {
    en: "The provider has finished, but its result cannot be used: {reason}",
    "zh-CN": "服务商已完成，但结果无法使用：{reason}",
  },
  "media.unreachable": {
    en: "The link could not be downloaded ({reason}). It must be a public http or https address of the file itself.",
    "zh-CN": "无法下载该链接（{reason}）。请提供可公开访问的文件直链（http 或 https）。",
  },
  "media.not-found": {
    en: "There is no file with the id {id}, or it is not yours.",
    "zh-CN": "没有编号为 {id} 的文件，或它不属于您。",
  },
} as const satisfies Record<string, LocalizedText>;
