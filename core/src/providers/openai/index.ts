import type { MediaLimits } from "../../media/formats.ts";
import { textOperation } from "../chat-completions/operation.ts";
import { defineProvider } from "../provider.ts";
import { hostOf, isLoopback } from "../setting-schema.ts";
import { openaiFailures, openaiName } from "./name.ts";
import { type OpenaiSettings, openaiSchema, openaiVariables } from "./settings.ts";

/** What OpenAI's own service accepts; a picture travels within the request. */
const seenPicture: MediaLimits = { kind: "image", formats: ["jpg", "png", "webp", "gif"], maxBytes: 7 * 1024 * 1024 };

/** Any service that speaks OpenAI's chat completions: answers to questions. Its balance is not part of that protocol. */
export const openai = defineProvider<OpenaiSettings>({
  id: "openai",
  title: openaiName.providerTitle,
  settings: openaiVariables,
  meantBy: "OPENAI_MODEL",
  schema: openaiSchema,
  hosts: ({ baseUrl }) => [hostOf(baseUrl)],
  onLoopback: ({ baseUrl }) => isLoopback(baseUrl),
  limits: ({ concurrent, startsPerSecond }) => ({ concurrent, startsPerSecond }),
  create: ({ seesPictures, ...settings }, tools) => ({
    operations: {
      text: textOperation(
        {
          ...settings,
          title: openaiName.providerTitle,
          pictures: seesPictures ? seenPicture : undefined,
          failures: openaiFailures,
          refusal: openaiFailures.refused,
        },
        tools,
      ),
    },
    doctor: async (signal) => (await import("./doctor.ts")).doctor({ seesPictures, ...settings }, tools, signal),
  }),
});
