import { z } from "zod";

/** A number or digits in quotes, and nothing else: an absent code is not a success. */
const number = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);
const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined);

/** The answer to every call. `msg` is never compared, because it lists errors in no fixed order. */
export const envelope = z.looseObject({ code: number, msg: text.catch(undefined), data: z.unknown().optional() });

const id = z.union([z.string().min(1), z.number().transform(String)]);

/** `expiresIn` is an instant in epoch milliseconds, whatever its name says. */
export const tokenData = z.looseObject({ token: z.string().min(1), expiresIn: number });

export const jobData = z.looseObject({ jobId: id });

export const speakerData = z.looseObject({ speakerId: id });

/** 1 queued, 2 processing, 3 done, 4 failed. */
const progress = { status: number, errorMessage: text.catch(undefined) };

/** A length that cannot be read must not hide the result. */
const seconds = number
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

export const workData = z.looseObject({ ...progress, videoUrl: text.catch(undefined), duration: seconds });

export const trainingData = z.looseObject(progress);

export const speechData = z.looseObject({ ...progress, url: text.catch(undefined) });

const count = number.nullish().transform((value) => value ?? undefined);

export const balanceData = z.looseObject({
  balance: number,
  voiceLiteUsedQuantity: count,
  voiceLiteTotalQuantity: count,
  voiceProUsedQuantity: count,
  voiceProTotalQuantity: count,
});

export type BalanceData = z.output<typeof balanceData>;

const textOrEmpty = text.transform((value) => value ?? "");

export const billData = z.looseObject({
  total: number,
  list: z
    .array(z.looseObject({ type: textOrEmpty, time: textOrEmpty, duration: count, fee: number }))
    .nullish()
    .transform((value) => value ?? []),
});
export type BillData = z.output<typeof billData>;
