import { seededRandom } from "./seeded-random.ts";
import { sampleRate } from "./wav.ts";

export interface SpeechRequest {
  text: string;
  /** Factor on the pace; 1 is 4 Chinese characters or 14 Latin ones a second. */
  speed: number;
  /** Factor on the pitch of the voice. */
  pitch: number;
  /** Factor on the loudness. */
  volume: number;
  /** Speaker id: different speakers hum at different pitches. */
  voice: string;
}

const chineseCharactersPerSecond = 4;
const latinCharactersPerSecond = 14;
const shortestMs = 1000;

/** How long `text` takes to say, in milliseconds. */
export function spokenDurationMs(text: string, speed: number): number {
  let seconds = 0;
  for (const character of text) {
    seconds += 1 / (character.codePointAt(0)! >= 0x2e80 ? chineseCharactersPerSecond : latinCharactersPerSecond);
  }
  return Math.max(shortestMs, Math.round((seconds * 1000) / speed));
}

/**
 * A hummed stand-in for speech: one gliding syllable per Chinese character or per three Latin ones, silence for
 * punctuation. Obviously a machine; the same text with the same voice always sounds the same.
 */
export function hum(request: SpeechRequest, durationMs: number): Int16Array {
  const samples = new Int16Array(Math.round((durationMs / 1000) * sampleRate));
  const syllables = syllablesOf(request.text);
  const random = seededRandom(`${request.voice}\n${request.text}`);
  const voiceHz = 110 + seededRandom(request.voice)() * 110;
  const perSyllable = samples.length / syllables.length;
  syllables.forEach((voiced, index) => {
    const start = Math.floor(index * perSyllable);
    const end = Math.min(samples.length, Math.floor((index + 0.86) * perSyllable));
    const startHz = voiceHz * request.pitch ** 0.5 * (0.85 + random() * 0.4);
    const glide = 0.82 + random() * 0.4;
    const brightness = 0.15 + random() * 0.4;
    if (!voiced) return;
    const loudness = Math.min(1, 0.32 * request.volume) * 32_000;
    let phase = 0;
    for (let at = start; at < end; at += 1) {
      const progress = (at - start) / (end - start);
      phase += (2 * Math.PI * startHz * (1 + (glide - 1) * progress)) / sampleRate;
      const envelope = Math.sin(Math.PI * progress) ** 0.6;
      const tone = Math.sin(phase) + brightness * Math.sin(2 * phase) + brightness * 0.6 * Math.sin(5 * phase);
      samples[at] = Math.round(Math.max(-1, Math.min(1, (tone * envelope) / 1.8)) * loudness);
    }
  });
  return samples;
}

function syllablesOf(text: string): boolean[] {
  const pieces = text.match(/[\u2e80-\u{3ffff}]|[\p{L}\p{N}]{1,3}|[^\p{L}\p{N}]+/gu) ?? [];
  const voiced = pieces.map((piece) => /[\p{L}\p{N}]/u.test(piece));
  return voiced.includes(true) ? voiced : [true];
}
