/** One part of a multipart/form-data body. */
export interface Part {
  readonly name: string;
  readonly filename: string | null;
  readonly contentType: string | null;
  readonly bytes: Buffer;
}

function parameterOf(header: string, parameter: string): string | null {
  return new RegExp(`;\\s*${parameter}="((?:[^"\\\\]|\\\\.)*)"`, "i").exec(header)?.[1] ?? null;
}

/** The parts of a body, or null if it is not well-formed (RFC 7578). */
export function parseMultipart(body: Buffer, contentType: string): Part[] | null {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) {
    return null;
  }
  const delimiter = Buffer.from(`--${name}`);
  const parts: Part[] = [];
  let at = body.indexOf(delimiter);
  if (at === -1) {
    return null;
  }
  for (;;) {
    const start = at + delimiter.length;
    if (body.subarray(start, start + 2).toString() === "--") {
      return parts;
    }
    at = body.indexOf(Buffer.concat([Buffer.from("\r\n"), delimiter]), start);
    const headersEnd = body.indexOf("\r\n\r\n", start);
    if (at === -1 || headersEnd === -1 || headersEnd > at) {
      return null;
    }
    const headers = body
      .subarray(start + 2, headersEnd)
      .toString("utf8")
      .split("\r\n");
    const header = (key: string) =>
      headers
        .find((line) => line.toLowerCase().startsWith(`${key}:`))
        ?.slice(key.length + 1)
        .trim() ?? null;
    const disposition = header("content-disposition") ?? "";
    const partName = parameterOf(disposition, "name");
    if (partName === null) {
      return null;
    }
    parts.push({
      name: partName,
      filename: parameterOf(disposition, "filename"),
      contentType: header("content-type"),
      bytes: body.subarray(headersEnd + 4, at),
    });
    at += 2;
  }
}
