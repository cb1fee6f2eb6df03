import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";

/** A form for an object store, with its file on disk. */
export interface UploadForm {
  /** The names of all parts, in their order. */
  names: string[];
  /** The parts that are no files. */
  fields: ReadonlyMap<string, string>;
  /** The first file. `path`: who takes the form moves or removes it. */
  file?: { name: string; path: string; bytes: number; sha256: string };
}

/** The form is longer than allowed. */
export class FormTooLarge extends Error {}
/** The form does not keep to RFC 7578. */
export class MalformedForm extends Error {}

/** The header of a part, and all fields together; a policy is far shorter. */
const largestHeadBytes = 16 * 1024;
const largestFieldsBytes = 256 * 1024;

/**
 * Reads a form as it arrives, and leaves its file in `directory`: it may have a gigabyte, and hundreds of tests share a
 * sandbox. Throws `FormTooLarge` or `MalformedForm`, and leaves no file then.
 */
export async function readUploadForm(
  body: AsyncIterable<Uint8Array>,
  { contentType, directory, maxBytes }: { contentType: string; directory: string; maxBytes: number },
): Promise<UploadForm> {
  const boundary = /^multipart\/form-data;.*\bboundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) {
    throw new MalformedForm();
  }
  const parts = new PartReader(body, boundary, maxBytes);
  const names: string[] = [];
  const fields = new Map<string, string>();
  let file: UploadForm["file"];
  try {
    for await (const { name, isFile } of parts.heads()) {
      names.push(name);
      if (!isFile) {
        fields.set(name, await textOf(parts.content()));
      } else if (file === undefined) {
        file = await stored(name, parts.content(), directory);
      }
    }
    return { names, fields, file };
  } catch (error) {
    await (file === undefined ? undefined : rm(file.path, { force: true }));
    throw error;
  }
}

async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.byteLength;
    if (bytes > largestFieldsBytes) {
      throw new MalformedForm();
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

async function stored(name: string, content: AsyncIterable<Buffer>, directory: string) {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${randomUUID()}.part`);
  const handle = await open(path, "wx");
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const piece of content) {
      hash.update(piece);
      bytes += piece.byteLength;
      await handle.writeFile(piece);
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return { name, path, bytes, sha256: hash.digest("hex") };
}

/** The parts of a form, of which only a piece is in memory. */
class PartReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  /** What has arrived and is not yet read. The line break lets the first delimiter look like all others. */
  #pending = Buffer.from("\r\n");
  #bytesLeft: number;
  #isInPart = true;

  constructor(body: AsyncIterable<Uint8Array>, boundary: string, maxBytes: number) {
    this.#source = body[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    this.#bytesLeft = maxBytes;
  }

  /** The head of one part after the other; what is left of its content is passed over. */
  async *heads(): AsyncGenerator<{ name: string; isFile: boolean }> {
    for (;;) {
      for await (const _piece of this.content()) {
        // Passed over.
      }
      while (this.#pending.byteLength < 2) {
        await this.#receive();
      }
      if (this.#pending.subarray(0, 2).toString("latin1") === "--") {
        return;
      }
      let end = this.#pending.indexOf("\r\n\r\n");
      while (end < 0) {
        if (this.#pending.byteLength > largestHeadBytes) {
          throw new MalformedForm();
        }
        await this.#receive();
        end = this.#pending.indexOf("\r\n\r\n");
      }
      const head = this.#pending.subarray(0, end).toString();
      const name = /[;\s]name="([^"]*)"/i.exec(head)?.[1];
      if (name === undefined) {
        throw new MalformedForm();
      }
      this.#pending = this.#pending.subarray(end + "\r\n\r\n".length);
      this.#isInPart = true;
      yield { name, isFile: /[;\s]filename\*?=/i.test(head) };
    }
  }

  /** The content of the part whose head was read last. */
  async *content(): AsyncGenerator<Buffer> {
    while (this.#isInPart) {
      const at = this.#pending.indexOf(this.#delimiter);
      // Without one, the end may be the beginning of a delimiter.
      const length = at < 0 ? Math.max(0, this.#pending.byteLength - this.#delimiter.byteLength + 1) : at;
      const piece = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(at < 0 ? length : length + this.#delimiter.byteLength);
      this.#isInPart = at < 0;
      if (length > 0) {
        yield piece;
      }
      if (at < 0) {
        await this.#receive();
      }
    }
  }

  async #receive(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done === true) {
      throw new MalformedForm();
    }
    this.#bytesLeft -= value.byteLength;
    if (this.#bytesLeft < 0) {
      throw new FormTooLarge();
    }
    this.#pending = Buffer.concat([this.#pending, value]);
  }
}
