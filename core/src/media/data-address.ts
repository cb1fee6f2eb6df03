import { UsageError } from "../errors/errors.ts";

/** The largest file in a `data:` address, in bytes (10 MB); larger ones are uploaded. */
export const maxDataBytes = 10 * 1024 ** 2;

/** Whether a medium is given as an address that contains the file itself. */
export function isDataAddress(value: string): boolean {
  return /^data:/i.test(value);
}

/**
 * The bytes in a `data:` address (RFC 2397). Ignores its media type, because the content shows what a file is. Throws a
 * `UsageError` that names `field` if it is malformed, empty or larger than `maxBytes` (default and maximum 10 MB).
 */
export function decodeDataAddress(address: string, field: string, maxBytes: number = maxDataBytes): Uint8Array {
  const comma = address.indexOf(",");
  if (!isDataAddress(address) || comma === -1) {
    throw new UsageError({ key: "media.data-malformed" }, field);
  }
  const isBase64 = /;\s*base64\s*$/i.test(address.slice(0, comma));
  const limit = Math.min(maxBytes, maxDataBytes);
  const data = address.slice(comma + 1);
  // A byte takes at most three characters: anything longer is not decoded.
  const bytes = data.length > limit * 3 + 4 ? null : isBase64 ? fromBase64(data, field) : unescaped(data, field);
  if (bytes === null || bytes.byteLength > limit) {
    throw new UsageError({ key: "media.data-too-large", values: { limit: { bytes: limit } } }, field);
  }
  if (bytes.byteLength === 0) {
    throw new UsageError({ key: "media.upload-empty" }, field);
  }
  return bytes;
}

/** Line breaks, escapes, missing padding and the URL-safe alphabet all occur in practice. */
function fromBase64(data: string, field: string): Uint8Array {
  const letters = unescaped(data, field)
    .toString("latin1")
    .replaceAll(/\s+/g, "")
    .replace(/={1,2}$/, "");
  if (!/^[\w+/-]*$/.test(letters) || letters.length % 4 === 1) {
    throw new UsageError({ key: "media.data-malformed" }, field);
  }
  return Buffer.from(letters, "base64");
}

function unescaped(data: string, field: string): Buffer {
  if (/[^\s!-~]|%(?![0-9a-f]{2})/i.test(data)) {
    throw new UsageError({ key: "media.data-malformed" }, field);
  }
  const text = data.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(text, "latin1");
}
