/** Runs in the browser's audio thread: passes on every block of the first channel. */

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

class Recorder extends AudioWorkletProcessor {
  process(inputs: Float32Array[][]): boolean {
    const block = inputs[0]?.[0];
    if (block !== undefined) {
      // Copied, because the browser reuses the same memory for the next block.
      this.port.postMessage(block.slice());
    }
    return true;
  }
}

registerProcessor("recorder", Recorder);
