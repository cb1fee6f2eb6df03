import { type Answer, type Receipt, receiptOf } from "./answer.ts";
import { markerOf } from "./button-id.ts";
import { type ChatContext, fitted } from "./chat-kit.ts";

/**
 * Edits a first answer with something that is no result; `edit` gets it as it is stored. Another process may show the
 * result meanwhile, whose job it has, perhaps because this one stood still: this edit may then have replaced it, so the
 * result is shown again.
 */
export async function editBeforeResult<T>(
  context: ChatContext,
  id: Receipt["answer"],
  edit: (answer: Answer | null) => Promise<T>,
): Promise<T> {
  const before = await context.answers.read(id);
  try {
    return await edit(before);
  } finally {
    await showAgain(context, id, before?.shown?.delivery);
  }
}

/** Never rejects: the next look at the job shows what could not be shown here. */
async function showAgain(context: ChatContext, id: string, known: string | undefined): Promise<void> {
  const { answers, runtime, port, logger, readFailure } = context;
  try {
    const answer = await answers.read(id);
    const delivery = answer?.shown?.delivery;
    if (answer?.shown === undefined || delivery === undefined || delivery === known) {
      return;
    }
    const job = await runtime.job(delivery.replace(/\.\d+$/, ""), answer.caller);
    // Another first answer of the job may have taken over.
    if (job === null || receiptOf(job.acknowledgement)?.answer !== id) {
      return;
    }
    const { media, ...rest } = await fitted(context, await runtime.jobMessage(job, job.caller), job.caller);
    // Media that are not in the answer are in another message.
    const message = answer.shown.media ? { ...rest, media } : rest;
    await port.edit(answer, message, { locale: job.caller.locale, marker: markerOf(delivery) }, "result");
  } catch (error) {
    logger.warn({ answer: id, reason: readFailure(error).detail }, "a result that was edited over could not be shown");
  }
}
