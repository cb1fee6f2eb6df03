import { z } from "zod";

/** A code is a number; digits in quotes are taken too, and nothing else, since an absent code is no success. */
const code = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);

/** What the service answers. `header.status` is seen as 0 and as 2 on success, so it is not read. */
const serviceAnswer = z.looseObject({
  header: z.looseObject({
    code,
    message: z.string().nullish(),
    sid: z.string().nullish(),
  }),
  payload: z
    .looseObject({
      choices: z.looseObject({ text: z.array(z.looseObject({ content: z.string().nullish() })).nullish() }).nullish(),
    })
    .nullish()
    .catch(undefined),
});

/** What the gateway in front of the service answers. */
const gatewayAnswer = z.looseObject({ message: z.string() });

/** An answer in our words. */
export type SparkAnswer =
  | { kind: "service"; code: number; message?: string; sid?: string; content?: string }
  | { kind: "gateway"; message: string }
  | { kind: "unreadable" };

export function readAnswer(text: string): SparkAnswer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: "unreadable" };
  }
  const service = serviceAnswer.safeParse(json);
  if (service.success) {
    const { header, payload } = service.data;
    return {
      kind: "service",
      code: header.code,
      message: header.message ?? undefined,
      sid: header.sid ?? undefined,
      content: payload?.choices?.text?.[0]?.content ?? undefined,
    };
  }
  const gateway = gatewayAnswer.safeParse(json);
  return gateway.success ? { kind: "gateway", message: gateway.data.message } : { kind: "unreadable" };
}
