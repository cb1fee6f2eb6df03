import { wait } from "../clock.ts";
import { type Answer, type Call, isAnswerSpoilt, pay, type Vendor } from "./call.ts";
import { DashscopeRefusal } from "./codes.ts";
import type { DashscopeResult } from "./records.ts";
import { troubleAsked } from "./tasks.ts";

const speakingMs = 1500;

interface SpokenAudio {
  url: string;
  id: string;
  /** Epoch seconds. */
  expires_at: number;
}

type Speech = Omit<Extract<DashscopeResult, { kind: "speech" }>, "kind">;

/** About half a second of 24 kHz sound. */
const pieceBytes = 24_000;

/** Speech as bytes, in the pieces in which it is sent while it is made. */
export async function piecesOf(speech: Speech): Promise<Buffer[]> {
  const { hum, spokenDurationMs } = await import("../media/speech.ts");
  const { writeSpeechFile } = await import("../media/speech-file.ts");
  const whole = await writeSpeechFile(
    hum(speech, spokenDurationMs(speech.text, speech.speed)),
    speech.format,
    speech.rateHz,
  );
  return Array.from({ length: Math.ceil(whole.byteLength / pieceBytes) }, (_, index) =>
    whole.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
}

/** The whole answer to a request for speech; in events, the sound comes first and the file's address last. */
export async function speechAnswer(vendor: Vendor, call: Call, speech: Speech, streamed: Speech): Promise<Answer> {
  const { url, id, expires_at } = await answerWithSpeech(vendor, call, speech);
  const usage = { characters: billedCharacters(speech.text) };
  const pieces = call.streams && !isAnswerSpoilt(call) ? await piecesOf(streamed) : [];
  const before = pieces.map((piece) => ({
    output: { finish_reason: "null", audio: { data: piece.toString("base64"), url: "", id, expires_at } },
    usage,
  }));
  return { output: { finish_reason: "stop", audio: { data: "", url, id, expires_at } }, usage, before };
}

/** One paid speech, and its address. */
async function answerWithSpeech(vendor: Vendor, call: Call, speech: Speech): Promise<SpokenAudio> {
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
