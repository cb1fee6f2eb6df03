/** Vendors accept PCM in a WAV file, but not what a browser records natively (webm, opus). */
export const recordingRate = 24_000;
export const recordingBytesPerSecond = recordingRate * 2;

const headerBytes = 44;
/** Zero crossings of the low-pass filter on each side: with the window below, more than 60 dB of attenuation. */
const crossings = 24;

/**
 * Resamples to another rate. A windowed sinc filter at half the lower rate removes frequencies that rate cannot hold,
 * instead of aliasing them into the voice.
 */
export function resample(samples: Float32Array, fromRate: number, toRate: number): Float32Array {
  if (fromRate === toRate) {
    return samples;
  }
  const step = fromRate / toRate;
  const cutoff = Math.min(1, toRate / fromRate);
  const reach = crossings / cutoff;
  const result = new Float32Array(Math.floor(samples.length / step));
  for (let index = 0; index < result.length; index += 1) {
    const centre = index * step;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    let weights = 0;
    for (let at = first; at <= last; at += 1) {
      const distance = at - centre;
      const weight = sinc(distance * cutoff) * (0.5 + 0.5 * Math.cos((Math.PI * distance) / reach));
      sum += samples[at]! * weight;
      weights += weight;
    }
    result[index] = weights === 0 ? 0 : sum / weights;
  }
  return result;
}

function sinc(value: number): number {
  return value === 0 ? 1 : Math.sin(Math.PI * value) / (Math.PI * value);
}

/** A WAV file: one channel, 16 bits. */
export function encodeWav(samples: Float32Array, rate: number): Uint8Array<ArrayBuffer> {
  const dataBytes = samples.length * 2;
  const bytes = new Uint8Array(headerBytes + dataBytes);
  const view = new DataView(bytes.buffer);
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  write(0, "RIFF");
  view.setUint32(4, headerBytes - 8 + dataBytes, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, dataBytes, true);
  samples.forEach((sample, index) => {
    const bounded = Math.max(-1, Math.min(1, sample));
    view.setInt16(headerBytes + index * 2, Math.round(bounded * (bounded < 0 ? 0x8000 : 0x7fff)), true);
  });
  return bytes;
}
