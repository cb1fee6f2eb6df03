import { z } from "zod";
import { parseJson, parseJsonPiece } from "../../ground/parse-json.ts";
import { elements } from "../elements.ts";

/** A code is a number or digits in quotes, and nothing else: an absent code is not a success. */
const code = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);

/** What the model asks the caller to run instead of answering; the arguments are JSON as text. */
const functionCall = z.looseObject({ name: z.string(), arguments: z.string() });

/** Pieces of an answer, each parsed separately. */
const pieces = elements(
  z.looseObject({
    content: z.string().nullish().catch(undefined),
    function_call: functionCall.nullish().catch(undefined),
  }),
);

/** The service's answer. `header.status` may be 0 or 2 on success, so we ignore it. */
const serviceAnswer = z.looseObject({
  header: z.looseObject({
    code,
    message: z.string().nullish().catch(undefined),
    sid: z.string().nullish().catch(undefined),
  }),
  payload: z
    .looseObject({
      choices: z.looseObject({ text: pieces }).nullish(),
    })
    .nullish()
    .catch(undefined),
});

/** The answer of the gateway in front of the service. */
const gatewayAnswer = z.looseObject({ message: z.string() });

/** An answer in our terms. */
export type SparkAnswer =
  | { kind: "service"; code: number; message?: string; sid?: string; content?: string }
  | { kind: "gateway"; message: string }
  | { kind: "unreadable" };

export function readAnswer(text: string): SparkAnswer {
  const json = parseJson(text);
  const service = serviceAnswer.safeParse(json);
  if (service.success) {
    const { header, payload } = service.data;
    return {
      kind: "service",
      code: header.code,
      message: header.message ?? undefined,
      sid: header.sid ?? undefined,
      content: payload?.choices?.text.find(({ content }) => content)?.content ?? undefined,
    };
  }
  const gateway = gatewayAnswer.safeParse(json);
  return gateway.success ? { kind: "gateway", message: gateway.data.message } : { kind: "unreadable" };
}

const tokens = z
  .number()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

/** One piece of a streamed answer. The status is 0 on the first, 1 on others and 2 on the last. */
const frame = z.looseObject({
  header: z.looseObject({
    code,
    message: z.string().nullish().catch(undefined),
    sid: z.string().nullish().catch(undefined),
    status: z.number().nullish(),
  }),
  payload: z
    .looseObject({
      choices: z
        .looseObject({
          status: z.number().nullish(),
          text: pieces,
        })
        .nullish(),
      usage: z
        .looseObject({
          text: z.looseObject({ prompt_tokens: tokens, completion_tokens: tokens, total_tokens: tokens }),
        })
        .nullish()
        .catch(undefined),
    })
    .nullish(),
});

/** A piece in our terms. */
export interface SparkFrame {
  code: number;
  message?: string;
  sid?: string;
  content?: string;
  /** Always whole, in one piece. */
  functionCall?: { name: string; arguments: string };
  last: boolean;
  usage?: Partial<Record<"prompt" | "completion" | "total", number>>;
}

/** Undefined for anything that is not a piece of an answer. */
export function readFrame(text: string): SparkFrame | undefined {
  const parsed = frame.safeParse(parseJsonPiece(text));
  if (!parsed.success) {
    return undefined;
  }
  const { header, payload } = parsed.data;
  const counted = payload?.usage?.text;
  const said = payload?.choices?.text ?? [];
  const content = said.map((piece) => piece.content ?? "").join("");
  const call = said.find((piece) => piece.function_call)?.function_call;
  return {
    code: header.code,
    ...(header.message ? { message: header.message.toWellFormed() } : {}),
    ...(header.sid ? { sid: header.sid.toWellFormed() } : {}),
    ...(content === "" ? {} : { content }),
    ...(call ? { functionCall: { name: call.name, arguments: call.arguments } } : {}),
    last: (payload?.choices?.status ?? header.status) === 2,
    ...(counted === undefined
      ? {}
      : {
          usage: {
            prompt: counted.prompt_tokens,
            completion: counted.completion_tokens,
            total: counted.total_tokens,
          },
        }),
  };
}
