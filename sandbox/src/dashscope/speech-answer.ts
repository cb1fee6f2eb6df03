import { wait } from "../clock.ts";
import { type Call, isAnswerSpoilt, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import type { DashscopeResult } from "./records.ts";
import { troubleAsked } from "./tasks.ts";

const speakingMs = 1500;

export interface SpokenAudio {
  url: string;
  id: string;
  /** Epoch seconds. */
  expires_at: number;
}

/** One paid speech, and its address. */
export async function answerWithSpeech(
  vendor: Vendor,
  call: Call,
  speech: Omit<Extract<DashscopeResult, { kind: "speech" }>, "kind">,
): Promise<SpokenAudio> {
  const { context, files, rates } = vendor;
  rates.countStart(call.model);
  const quantity = billedCharacters(speech.text);
  pay(vendor, call, { text: speech.text, unit: "characters", quantity, reference: call.requestId });
  if (!isAnswerSpoilt(call)) {
    await wait(context.clock, context.pace(speakingMs + (call.asked.slowMs ?? 0)), context.closing);
  }
  const trouble = troubleAsked(call);
  if (trouble !== undefined) {
    context.ledger.forgive(call.requestId, "failed");
    throw new DashscopeRefusal(trouble.code, { message: trouble.message });
  }
  const expiresAt = context.vendorNow() + (call.asked.expiredUrl ? -1000 : context.limits.dashscopeUrlLifeMs);
  const name = files.add({ kind: "speech", ...speech });
  return {
    url: files.address(name, expiresAt),
    id: `audio_${call.requestId}`,
    expires_at: Math.floor(expiresAt / 1000),
  };
}

/** An ideograph counts twice. */
export function billedCharacters(text: string): number {
  return [...text].reduce((sum, character) => sum + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0);
}
