import { textOperation } from "../chat-completions/operation.ts";
import { defineProvider } from "../provider.ts";
import { hostOf, isLoopback } from "../setting-schema.ts";
import { WorkAges } from "../work-ages.ts";
import { answeringModel } from "./answering-model.ts";
import { createApi } from "./api.ts";
import { createSend } from "./exchange.ts";
import { imageEditOperation, imageOperation } from "./image.ts";
import { lipSyncOperation } from "./lip-sync.ts";
import { dashscopeName } from "./name.ts";
import { portraitOperation } from "./portrait.ts";
import { presetVoices } from "./preset-voices.ts";
import { type DashscopeSettings, dashscopeSchema, dashscopeVariables } from "./settings.ts";
import { speechOperation } from "./speech.ts";
import { tasksSince } from "./task-list.ts";
import { TaskLooks } from "./task-looks.ts";
import { createMediaAddresses } from "./uploads.ts";
import { videoOperation } from "./video-generation.ts";
import { voiceCloningOperation } from "./voices.ts";

/**
 * Alibaba DashScope (Model Studio): pictures, videos, speech, voices, speaking people and answers to
 * questions. Has no balance endpoint.
 */
export const dashscope = defineProvider<DashscopeSettings>({
  id: "dashscope",
  title: dashscopeName.providerTitle,
  settings: dashscopeVariables,
  schema: dashscopeSchema,
  hosts: (settings) => [hostOf(settings.baseUrl)],
  onLoopback: (settings) => isLoopback(settings.baseUrl),
  // An account may make 20 requests a second about tasks; half of them are left to its other programs.
  limits: ({ concurrent, startsPerSecond }) => ({ concurrent, startsPerSecond, checksPerSecond: 10 }),
  create(settings, tools) {
    const api = createApi(createSend(settings, tools));
    const { clock, random } = tools;
    const addressMedia = createMediaAddresses(settings, api, tools);
    const ages = new WorkAges(clock);
    const works = { ages, looks: new TaskLooks(api, clock) };
    return {
      operations: {
        image: imageOperation(api, works, settings),
        imageEditing: imageEditOperation(api, works, settings),
        avatarVideo: lipSyncOperation(api, works, settings, addressMedia),
        portraitVideo: portraitOperation(api, works, settings, addressMedia),
        video: videoOperation(api, works, settings),
        voiceCloning: voiceCloningOperation(api, ages, settings),
        speech: speechOperation(api, settings),
        text: textOperation(answeringModel(settings), tools),
      },
      presetVoices: presetVoices(settings),
      deleteVoice: async (voice, signal) =>
        (await import("./delete-voice.ts")).deleteVoice(api, settings, voice, signal),
      recordsSince: (instant, signal) => tasksSince(api, { instant, now: clock.now() }, signal),
      doctor: async (signal, installation) =>
        (await import("./doctor.ts")).doctor(settings, { api, random, ...installation }, signal),
    };
  },
});
