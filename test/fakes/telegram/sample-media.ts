/** The smallest bytes that the server accepts as files of each kind. */
function pngOf(width: number, height: number, bytes = 64): Uint8Array {
  const png = Buffer.alloc(Math.max(33, bytes));
  png.write("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "latin1");
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

const filled = (head: string, bytes: number): Uint8Array => {
  const whole = Buffer.alloc(bytes);
  whole.write(head, "latin1");
  return whole;
};

export const sampleMedia = {
  png: (width = 640, height = 480, bytes?: number) => pngOf(width, height, bytes),
  ogg: (bytes = 200) =>
    filled("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00OpusHead", bytes),
  mp3: (bytes = 200) => filled("ID3\x04", bytes),
  m4a: (bytes = 200) => filled("\x00\x00\x00\x20ftypM4A ", bytes),
  mp4: (bytes = 200) => filled("\x00\x00\x00\x20ftypisom", bytes),
  wav: (bytes = 200) => filled("RIFF\x00\x00\x00\x00WAVEfmt ", bytes),
  pdf: (bytes = 200) => filled("%PDF-1.7", bytes),
  gif: () => filled("GIF89a\x40\x00\x40\x00", 64),
} as const;
