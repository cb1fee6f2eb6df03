import { UsageError } from "../errors/errors.ts";
import type { VoiceTier } from "../providers/operation.ts";
import { kindOfVoice, maxTrainings, voiceIdOf } from "../voices/voice-book.ts";
import { choice, consent, media, provider, text, voice } from "./field.ts";
import { defineTool, step } from "./tool.ts";

/** Makes a voice from a recording, or trains an existing one again. Asks for consent before anything is sent. */
export const cloneVoice = defineTool({
  name: "clone_voice",
  command: "clone",
  effect: "spends",
  makesMedia: false,
  title: { en: "Clone a voice", "zh-CN": "克隆声音" },
  summary: {
    en: "Makes a voice to speak with, from a recording of yourself or of somebody who allows it.",
    "zh-CN": "用您本人或已获授权的录音克隆可用于合成的音色。",
  },
  primary: "name",
  private: true,
  input: {
    audio: media({
      title: { en: "Recording", "zh-CN": "声音样本" },
      summary: {
        en: "Clear speech of one person: mp3, m4a or wav, at most 100 MB.",
        "zh-CN": "单人清晰录音：mp3、m4a 或 wav，不超过 100 MB。",
      },
      limits: { kind: "audio" },
    }),
    name: text({
      title: { en: "Name", "zh-CN": "音色名称" },
      summary: { en: "What to call the new voice; up to 40 characters.", "zh-CN": "新音色的名称，最多 40 个字。" },
      maxLength: 40,
      optional: true,
    }),
    tier: choice({
      title: { en: "Tier", "zh-CN": "版本" },
      summary: {
        en: "LITE also speaks other languages; PRO sounds closer to the person. Default LITE.",
        "zh-CN": "LITE 支持跨语言，PRO 更接近本人。默认 LITE。",
      },
      choices: [
        { value: "lite", title: { en: "LITE", "zh-CN": "LITE" } },
        { value: "pro", title: { en: "PRO", "zh-CN": "PRO" } },
      ],
      optional: true,
    }),
    voice: voice({
      title: { en: "Voice to train again", "zh-CN": "重新训练的音色" },
      summary: {
        en: "One of your own voices to train again instead, at most 10 times.",
        "zh-CN": "改为重新训练您已有的音色（最多 10 次）。",
      },
      optional: true,
      ownOnly: true,
    }),
    consent: consent({
      title: { en: "I have permission", "zh-CN": "已获授权" },
      summary: {
        en: "This is my voice, or its owner allows the copy. Asked before anything is sent.",
        "zh-CN": "这是我本人的声音，或已获声音本人许可。提交前须确认。",
      },
    }),
    provider: provider({ capabilities: ["voiceCloning"] }),
  },
  async check(input, { voices, caller }) {
    if (input.voice !== undefined && input.name !== undefined) {
      throw new UsageError({ key: "voice.name-or-voice" }, "voice");
    }
    if (input.voice === undefined) {
      const { name } = input;
      if (name === undefined) {
        throw new UsageError({ key: "voice.name-needed" }, "name");
      }
      const own = (await voices.usableBy(caller)).filter(({ owner }) => owner === caller.id);
      if (own.some((voice) => voice.name.toLowerCase() === name.toLowerCase())) {
        throw new UsageError({ key: "voice.name-taken", values: { name } }, "name");
      }
      return input;
    }
    const voice = await voices.find(input.voice, caller, "voice");
    if (voice.owner !== caller.id) {
      throw new UsageError({ key: "voice.not-yours", values: { name: voice.name } }, "voice");
    }
    if (input.tier !== undefined && input.tier !== voice.tier) {
      throw new UsageError({ key: "voice.tier-fixed", values: { name: voice.name, tier: kindOfVoice(voice) } }, "tier");
    }
    if (voice.consents.length >= maxTrainings) {
      throw new UsageError({ key: "voice.trained-out", values: { name: voice.name, max: maxTrainings } }, "voice");
    }
    return { ...input, ...(voice.tier === undefined ? {} : { tier: voice.tier }) };
  },
  steps: (input) => [
    step({
      name: "training",
      title: { en: "Training", "zh-CN": "训练音色" },
      capability: "voiceCloning",
      request: (context) => ({
        audio: context.asset(input.audio),
        tier: input.tier,
        ...(input.voice === undefined ? {} : context.voice(input.voice)),
      }),
    }),
  ],
  async finish(job, input, { voices, sampleHash }) {
    const confirmation = job.confirmations.find(({ reason }) => reason === "consent");
    const consent = {
      by: confirmation?.by ?? job.caller.id,
      at: confirmation?.at ?? job.createdAt,
      sampleHash: await sampleHash(input.audio),
    };
    const { speakerId, tier, model } = job.steps[0]!.facts as { speakerId: string; tier?: VoiceTier; model?: string };
    const kind = { tier, model };
    await voices.change(input.voice ?? voiceIdOf(job.id), (known) => {
      if (known?.jobs.includes(job.id)) {
        return null;
      }
      return known === null
        ? {
            id: voiceIdOf(job.id),
            owner: job.caller.id,
            ownerName: job.caller.name,
            name: input.name ?? speakerId,
            provider: job.provider,
            ...kind,
            speakerId,
            consents: [consent],
            jobs: [job.id],
            shared: false,
            createdAt: consent.at,
          }
        : { ...known, ...kind, speakerId, consents: [...known.consents, consent], jobs: [...known.jobs, job.id] };
    });
  },
  describe: (job, input) => ({
    ...(input.name === undefined ? {} : { title: `“${input.name}”` }),
    ...(job.state.phase === "succeeded" ? { voice: input.voice ?? voiceIdOf(job.id) } : {}),
  }),
});
