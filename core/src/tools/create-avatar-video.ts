import { UsageError } from "../errors/errors.ts";
import { media, provider, text, voice } from "./field.ts";
import { defineTool, type StepContext, step } from "./tool.ts";

/** With fewer characters even slow speech is shorter than the 5 seconds a vendor needs to drive a video. */
const fewestSpokenCharacters = 12;

/**
 * Makes a person speak: a video with audio; a video with text; a video with text in a cloned voice (two paid steps); or
 * text alone, which makes only speech. A single picture needs a provider that can animate one.
 */
export const createAvatarVideo = defineTool({
  name: "create_avatar_video",
  command: "avatar",
  effect: "spends",
  title: { en: "Make an avatar speak", "zh-CN": "生成数字人视频" },
  summary: {
    en: "Makes the person in a video speak your words or your recording. Text alone makes speech only.",
    "zh-CN": "让视频中的人物说出您的文字或录音；只填文本则仅生成语音。",
  },
  primary: "text",
  input: {
    video: media({
      title: { en: "Video of the person", "zh-CN": "人物视频" },
      summary: {
        en: "mp4 or mov (H.264), 10 s to 5 min, 360p to 4K, 500 MB. The same video is the same avatar.",
        "zh-CN": "mp4 或 mov（H.264），10 秒至 5 分钟，360p 至 4K，500 MB 以内。同一视频即同一数字人。",
      },
      limits: { kind: "video" },
      optional: true,
    }),
    image: media({
      title: { en: "Picture of the person", "zh-CN": "人物图片" },
      summary: {
        en: "A portrait instead, if a provider can animate it.",
        "zh-CN": "用一张人像代替视频（须服务商支持）。",
      },
      limits: { kind: "image" },
      optional: true,
    }),
    audio: media({
      title: { en: "Recording", "zh-CN": "驱动音频" },
      summary: {
        en: "What the person says: mp3, m4a or wav, 5 s to 30 min, 100 MB.",
        "zh-CN": "人物要说的内容：mp3、m4a 或 wav，5 秒至 30 分钟，100 MB 以内。",
      },
      limits: { kind: "audio" },
      optional: true,
    }),
    text: text({
      title: { en: "Text", "zh-CN": "文本" },
      summary: {
        en: "What the person says, instead of a recording; up to 10,000 characters.",
        "zh-CN": "人物要说的文字（代替音频），最多 10000 字。",
      },
      maxLength: 10_000,
      multiline: true,
      optional: true,
    }),
    voice: voice({
      title: { en: "Voice", "zh-CN": "音色" },
      summary: {
        en: "A voice of yours or the provider's for the text: a paid step of its own.",
        "zh-CN": "用您的或服务商的音色朗读文本（另计一个付费步骤）。",
      },
      optional: true,
    }),
    title: text({
      title: { en: "Title", "zh-CN": "作品名称" },
      summary: { en: "The work's name at the vendor; up to 20 characters.", "zh-CN": "作品名称，最多 20 个字。" },
      maxLength: 20,
      optional: true,
    }),
    provider: provider({ capabilities: ["avatarVideo", "portraitVideo"] }),
  },
  examples: [
    {
      title: { en: "Make a face speak a recording", "zh-CN": "让人物说出一段录音" },
      input: { title: { en: "A recording", "zh-CN": "录音示例" } },
      samples: ["video", "audio"],
    },
    {
      title: { en: "Make a face speak a text", "zh-CN": "让人物念一段文字" },
      input: {
        text: {
          en: "Hello and welcome to Toolcast. This video was made by the sandbox on this machine and cost nothing at all.",
          "zh-CN": "你好，欢迎使用 Toolcast。这是一段在本机沙箱里生成的示例视频，不会产生任何费用。",
        },
        title: { en: "A text", "zh-CN": "文字示例" },
      },
      samples: ["video"],
    },
  ],
  async check(input, { providers }) {
    const { video, image, audio, text: script, voice } = input;
    if (image !== undefined && video !== undefined) {
      throw new UsageError({ key: "avatar.video-and-image" }, "image");
    }
    if (image !== undefined && !providers.some(({ operations }) => operations.portraitVideo)) {
      throw new UsageError({ key: "avatar.image-unserved" }, "image");
    }
    if (audio !== undefined && script !== undefined) {
      throw new UsageError({ key: "avatar.audio-and-text" }, "audio");
    }
    if (voice !== undefined && script === undefined) {
      throw new UsageError({ key: "avatar.voice-needs-text" }, "text");
    }
    const picture = video ?? image;
    if (picture === undefined) {
      if (voice !== undefined) throw new UsageError({ key: "avatar.voice-needs-video" }, "video");
      if (audio !== undefined) throw new UsageError({ key: "avatar.audio-needs-video" }, "video");
      if (script === undefined) throw new UsageError({ key: "avatar.nothing" }, "video");
      return input;
    }
    if (audio === undefined && script === undefined) {
      throw new UsageError({ key: "avatar.needs-words" }, "text");
    }
    if (image !== undefined && audio === undefined && voice === undefined) {
      throw new UsageError({ key: "avatar.image-needs-sound" }, "voice");
    }
    if (voice !== undefined && [...(script ?? "")].length < fewestSpokenCharacters) {
      throw new UsageError({ key: "avatar.voice-text-short", values: { minimum: fewestSpokenCharacters } }, "text");
    }
    return input;
  },
  steps(input) {
    const { video, image, audio, text: script, voice, title } = input;
    const spoken = voice !== undefined && script !== undefined;
    const recording = (context: StepContext) => {
      const [speech] = spoken ? context.output("speech") : [];
      return audio === undefined ? speech : context.asset(audio);
    };
    return [
      ...(spoken
        ? [
            step({
              name: "speech",
              title: { en: "Speech in your voice", "zh-CN": "用您的音色合成语音" },
              capability: "speech",
              request: (context) => ({ text: script, ...context.voice(voice) }),
            }),
          ]
        : []),
      image === undefined
        ? step({
            name: "video",
            title: { en: "Avatar video", "zh-CN": "数字人视频" },
            capability: "avatarVideo",
            ...(video === undefined ? {} : { makes: ["video"] }),
            ...(spoken ? { after: "speech" } : {}),
            request: (context) => ({
              ...(video === undefined ? {} : { video: context.asset(video) }),
              audio: recording(context),
              ...(spoken || script === undefined ? {} : { text: script }),
              title,
            }),
          })
        : step({
            name: "video",
            title: { en: "Talking portrait", "zh-CN": "会说话的人像" },
            capability: "portraitVideo",
            ...(spoken ? { after: "speech" } : {}),
            request: (context) => ({ image: context.asset(image), audio: recording(context) }),
          }),
    ];
  },
  describe: (_job, input) => ({ title: input.title ?? (input.text === undefined ? undefined : `“${input.text}”`) }),
});
