import { z } from "zod";
import { elements } from "../elements.ts";

const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined);
const count = z
  .number()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const loose = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .looseObject(shape)
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? undefined);

/** An answer's request id, in the spellings that are in use. */
export const answerId = z
  .looseObject({ request_id: text.catch(undefined), id: text.catch(undefined), RequestId: text.catch(undefined) })
  .transform(({ request_id, id, RequestId }) => request_id ?? id ?? RequestId);

/** The refusal of a call, in the forms of the service, of its compatible address and of the cloud's gateway. */
const refusalBody = z.union([
  z.looseObject({ code: z.string().min(1), message: text.catch(undefined) }),
  z
    .looseObject({
      error: z.looseObject({
        code: text.catch(undefined),
        type: text.catch(undefined),
        message: text.catch(undefined),
      }),
    })
    .transform(({ error }) => ({ code: error.code ?? error.type ?? "", message: error.message }))
    .refine(({ code }) => code !== ""),
  z
    .looseObject({ Code: z.string().min(1), Message: text.catch(undefined) })
    .transform(({ Code, Message }) => ({ code: Code, message: Message })),
]);

/** A refusal's code and message; undefined for anything else. */
export function readRefusal(json: unknown): { code: string; message?: string } | undefined {
  const parsed = refusalBody.safeParse(json);
  return parsed.success ? { code: parsed.data.code, message: parsed.data.message || undefined } : undefined;
}

/** The answer to the start of a task. */
export const taskBegun = z.looseObject({ output: z.looseObject({ task_id: z.string().min(1) }) });

/** One picture of several: made, or refused separately. Anything else counts as missing. */
const pictureResult = z
  .looseObject({ url: text.catch(undefined), code: text.catch(undefined), message: text.catch(undefined) })
  .catch({ url: undefined, code: undefined, message: undefined });

/** A part of a message: a picture or text. */
const part = z.union([
  z.string().transform((text) => ({ image: undefined, text: text || undefined })),
  z.looseObject({ image: text.catch(undefined), text: text.catch(undefined) }),
]);
const choice = z.looseObject({
  message: z.looseObject({
    content: z.union([z.string().transform((text) => [text]), z.array(z.unknown())]).pipe(elements(part)),
  }),
});

/** The state of a task. Depending on the model, the result's address is in one of four places. */
export const taskAnswer = z.looseObject({
  output: z.looseObject({
    task_status: z.string(),
    code: text.catch(undefined),
    message: text.catch(undefined),
    video_url: text.catch(undefined),
    results: z
      .union([z.array(pictureResult), z.looseObject({ video_url: text.catch(undefined) })])
      .nullish()
      .catch(undefined),
    /** From models that use messages. */
    choices: elements(choice),
  }),
  usage: loose({ image_count: count, video_duration: count, duration: count }),
});
export type TaskAnswer = z.output<typeof taskAnswer>;

/** Pictures in the answer itself. Each part is parsed separately; some contain text instead. */
export const messageAnswer = z.looseObject({
  output: z.looseObject({ choices: elements(choice) }),
  usage: loose({ image_count: count }),
});

/** The parts of a message answer, in order. */
export function partsOf(output: { choices: z.output<typeof choice>[] }): z.output<typeof part>[] {
  return output.choices.flatMap(({ message }) => message.content);
}

/** What lets one file into the vendor's temporary storage. */
const uploadPolicyData = z.looseObject({
  upload_host: z.string().min(1),
  upload_dir: z.string().min(1),
  policy: z.string().min(1),
  signature: z.string().min(1),
  oss_access_key_id: z.string().min(1),
  x_oss_object_acl: z.string().min(1),
  x_oss_forbid_overwrite: z.string().min(1),
  max_file_size_mb: count,
});
export type UploadPolicy = z.output<typeof uploadPolicyData>;
export const uploadPolicy = z.looseObject({ data: uploadPolicyData });

/** Speech: always an address and never bytes, because we request no stream. */
export const speechAnswer = z.looseObject({
  output: z.looseObject({ audio: z.looseObject({ url: z.string().min(1) }) }),
  usage: loose({ characters: count }),
});

/** CosyVoice voices have an id, Qwen voices a name. */
export const cosyVoiceMade = z.looseObject({ output: z.looseObject({ voice_id: z.string().min(1) }) });
export const qwenVoiceMade = z.looseObject({ output: z.looseObject({ voice: z.string().min(1) }) });
/** The answer to an update contains only its request id. */
export const anyAnswer = z.looseObject({});
export const voiceState = z.looseObject({ output: z.looseObject({ status: z.string() }) });

const box = z.array(z.number()).nullish().catch(undefined);

/** The result of checking a picture; each model has its own word for yes. */
export const detection = z.looseObject({
  output: z
    .looseObject({
      check_pass: z.boolean().nullish(),
      pass: z.boolean().nullish(),
      humanoid: z.boolean().nullish(),
      face_bbox: box,
      ext_bbox: box,
      code: text.catch(undefined),
      message: text.catch(undefined),
    })
    // An answer that says nothing is no verdict on the picture.
    .refine(({ check_pass, pass, face_bbox, ext_bbox, code }) =>
      [check_pass, pass, face_bbox, ext_bbox, code].some((said) => said !== undefined && said !== null),
    ),
});
export type Detection = z.output<typeof detection>;
