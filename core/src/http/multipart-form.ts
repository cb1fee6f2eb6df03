import { type Random, randomId } from "../ground/random.ts";
import type { StreamedBody } from "./streamed-body.ts";

/** One field of a form. */
export interface FormPart {
  name: string;
  content: string | Uint8Array | StreamedBody;
  /** Makes it a file of this name. */
  fileName?: string | undefined;
  /** MIME type. Default: none is sent, which means text. */
  type?: string | undefined;
}

/**
 * A form with files (RFC 7578), of a size that is known before it is read: what is larger than a few lines stays on
 * disk until it is sent.
 */
export function multipartForm(
  fields: readonly FormPart[],
  random: Random,
): { contentType: string; body: StreamedBody } {
  const boundary = randomId(random, "form");
  const pieces = [
    ...fields.flatMap((field) => [Buffer.from(headOf(field, boundary)), contentOf(field), Buffer.from("\r\n")]),
    Buffer.from(`--${boundary}--\r\n`),
  ];
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: {
      bytes: pieces.reduce((sum, piece) => sum + ("open" in piece ? piece.bytes : piece.byteLength), 0),
      async *open() {
        for (const piece of pieces) {
          if ("open" in piece) {
            yield* piece.open();
          } else {
            yield piece;
          }
        }
      },
    },
  };
}

function headOf({ name, fileName, type }: FormPart, boundary: string): string {
  const file = fileName === undefined ? "" : `; filename="${quoted(fileName)}"`;
  const typed = type === undefined ? "" : `content-type: ${type}\r\n`;
  return `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"${file}\r\n${typed}\r\n`;
}

function contentOf({ content }: FormPart): Uint8Array | StreamedBody {
  return typeof content === "string" ? Buffer.from(content) : content;
}

/** As browsers escape names in forms. */
function quoted(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
