import type { FileTypeResult } from "file-type";

/**
 * The beginnings of formats that are not read here and that the library does not recognize, so that a refusal can name
 * them. One character is one byte.
 */
const signatures: readonly (readonly [beginnings: readonly (string | RegExp)[], ext: string, mime: string])[] = [
  [[/^RIFX....WAVE/s], "rifx", "audio/x-rifx"],
  // Sony's variant of WAV for large files names its chunks by GUIDs; this is the first.
  [["riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0"], "w64", "audio/x-w64"],
  [[".snd\0"], "au", "audio/basic"],
  // Voice messages of chat apps, in some of them after one more byte.
  [["#!SILK", "\x02#!SILK"], "silk", "audio/x-silk"],
  [["TTA1", "TTA2"], "tta", "audio/x-tta"],
  [["ADIF"], "adif", "audio/x-adif"],
  [["DKIF\0\0"], "ivf", "video/x-ivf"],
  [["YUV4MPEG2 "], "y4m", "video/x-yuv4mpeg"],
  // Video without a container begins with its parameters.
  [["\0\0\0\x01\x27", "\0\0\0\x01\x47", "\0\0\0\x01\x67"], "h264", "video/h264"],
  [["\0\0\0\x01\x40\x01"], "h265", "video/h265"],
  [["DDS |\0\0\0"], "dds", "image/vnd.ms-dds"],
  [["v/1\x01"], "exr", "image/x-exr"],
  [[/^#\?(RADIANCE|RGBE)\s/], "hdr", "image/vnd.radiance"],
  [["qoif"], "qoi", "image/qoi"],
  [[/^P[14]\s+[\d#]/], "pbm", "image/x-portable-bitmap"],
  [[/^P[25]\s+[\d#]/], "pgm", "image/x-portable-graymap"],
  [[/^P[36]\s+[\d#]/], "ppm", "image/x-portable-pixmap"],
  [[/^P7\s+(#|WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE)/], "pam", "image/x-portable-arbitrarymap"],
  [["\n\x05\x01\x01", "\n\x05\x01\x08"], "pcx", "image/vnd.zbrush.pcx"],
  [["\x01\xda\0\x01\0", "\x01\xda\x01\x01\0"], "sgi", "image/sgi"],
  [["\xd7\xcd\xc6\x9a"], "wmf", "image/wmf"],
  [[/^.{40} EMF/s], "emf", "image/emf"],
  [["/* XPM */"], "xpm", "image/x-xpixmap"],
  [[/^#define \w+_width \d/], "xbm", "image/x-xbitmap"],
  [[/^AT&TFORM....DJV/s], "djvu", "image/vnd.djvu"],
];

/** What a file that the library does not recognize is, by its first bytes; undefined if that is not known either. */
export function knownBySignature(head: Buffer): FileTypeResult | undefined {
  const text = head.toString("latin1", 0, 128);
  const found = signatures.find(([beginnings]) =>
    beginnings.some((one) => (typeof one === "string" ? text.startsWith(one) : one.test(text))),
  );
  return found && { ext: found[1], mime: found[2] };
}
