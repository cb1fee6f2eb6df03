import { UsageError } from "../../errors/errors.ts";
import { checkMedia } from "../../media/check-media.ts";
import type { MediaLimits } from "../../media/formats.ts";
import type { ClockSkew } from "../clock-skew.ts";
import { limitMs, remembered, wholeAnswerMs } from "../dialogue.ts";
import type { ImageUnderstandingRequest, Operation, OperationContext, Price, StartEnd } from "../operation.ts";
import type { ProviderTools } from "../provider.ts";
import { tokenCharge, tokenUnit } from "../rates.ts";
import { uidOf } from "./image.ts";
import type { SparkSettings } from "./settings.ts";
import { talk } from "./talk.ts";

/** The pictures that the service accepts (10029, 10041). */
const picture: MediaLimits = {
  kind: "image",
  formats: ["jpg", "png"],
  maxBytes: 4 * 1024 * 1024,
  shortSidePixels: { min: 50, max: 6000 },
  longSidePixels: { min: 50, max: 6000 },
};

/** A question about a picture, with instructions on how to answer. */
export type PictureQuestion = ImageUnderstandingRequest & { instructions?: string };

/** Throws a `UsageError` for a picture that the service does not accept, and for an empty question. */
export function checkPictureQuestion({ image, question }: PictureQuestion): void {
  if (question.trim() === "") {
    throw new UsageError({ key: "provider.text-empty" }, "question");
  }
  checkMedia(image, picture, "image");
}

/** Answers a question about a picture: one connection per question, with the answer streamed in pieces. */
export async function askAboutPicture(
  settings: SparkSettings,
  request: PictureQuestion,
  context: OperationContext,
  tools: Pick<ProviderTools, "http" | "clock"> & { skew: ClockSkew },
): Promise<StartEnd> {
  const bytes = await context.read(request.image);
  return talk(
    {
      url: `${settings.baseUrl}/v2.1/image`,
      keys: settings,
      question: body(settings, request, bytes, context.callerId),
      silenceMs: settings.chat.timeoutMs,
      wholeMs: limitMs(settings.chat.timeoutMs, context.onText),
      charge: (usage) => tokenCharge(settings.rates, { of: settings.imageDomain, usage }),
    },
    context,
    tools,
  );
}

/** How many tokens a picture is, only the vendor knows. */
export function picturePrice({ rates, imageDomain }: SparkSettings): Price {
  const dependsOn = { key: "provider.price.spark-image-understanding" } as const;
  return { known: false, dependsOn, unit: tokenUnit(rates, imageDomain) };
}

export function imageUnderstandingOperation(
  settings: SparkSettings,
  skew: ClockSkew,
  { http, clock }: Pick<ProviderTools, "http" | "clock">,
): Operation<ImageUnderstandingRequest> {
  return {
    maxDurationMs: wholeAnswerMs(settings.chat.timeoutMs),
    streams: true,
    validate: checkPictureQuestion,
    price: () => picturePrice(settings),
    start: (request, context) => askAboutPicture(settings, request, context, { http, clock, skew }),
  };
}

function body(
  settings: SparkSettings,
  { image: _image, question, instructions, history = [] }: PictureQuestion,
  bytes: Uint8Array,
  callerId: string,
): object {
  const said = (role: "user" | "assistant", content: string) => ({ role, content, content_type: "text" });
  return {
    header: { app_id: settings.appId, uid: uidOf(callerId) },
    parameter: {
      chat: {
        domain: settings.imageDomain,
        // JSON drops undefined values, so the vendor's own defaults apply.
        temperature: settings.temperature,
        top_k: settings.topK,
        max_tokens: settings.maxTokens,
        auditing: settings.auditing,
        chat_id: settings.chatId,
      },
    },
    payload: {
      message: {
        text: [
          { role: "user", content: Buffer.from(bytes).toString("base64"), content_type: "image" },
          ...remembered(history, settings.memory).flatMap((turn) => [
            said("user", turn.question),
            said("assistant", turn.answer),
          ]),
          // This service has no system role.
          said("user", instructions === undefined ? question : `${instructions}\n\n${question}`),
        ],
      },
    },
  };
}
