import { parentPort, workerData } from "node:worker_threads";
import { registerMp3Encoder } from "@mediabunny/mp3-encoder";
import {
  BufferTarget,
  Conversion,
  FilePathSource,
  Input,
  Logging,
  LogLevel,
  Mp3OutputFormat,
  Output,
  WAVE,
} from "mediabunny";

/** The work for this thread. */
export interface EncodeOrder {
  /** The path of a WAV file. */
  from: string;
  bitsPerSecond: number;
  /** Default: as in the file, at most two. */
  channels?: number;
  /** Default: as in the file, or the nearest that MP3 has. */
  sampleRateHz?: number;
}

// This runs in a separate thread: it processes minutes of samples, and first answers must not wait more than three
// seconds.
const { from, bitsPerSecond, channels, sampleRateHz } = workerData as EncodeOrder;
Logging.level = LogLevel.Silent;
registerMp3Encoder();
const input = new Input({ source: new FilePathSource(from), formats: [WAVE] });
const target = new BufferTarget();
const conversion = await Conversion.init({
  input,
  output: new Output({ format: new Mp3OutputFormat(), target }),
  audio: {
    codec: "mp3",
    bitrate: bitsPerSecond,
    ...(channels === undefined ? {} : { numberOfChannels: channels }),
    ...(sampleRateHz === undefined ? {} : { sampleRate: sampleRateHz }),
  },
});
if (!conversion.isValid) {
  throw new Error("this recording cannot be encoded");
}
await conversion.execute();
input.dispose();
const encoded = target.buffer as ArrayBuffer;
parentPort?.postMessage(encoded, [encoded]);
