import { type Tool, UsageError } from "@toolcast/core";
import { fieldsOf } from "@toolcast/core/surface";

/** The value of the main input that means standard input. */
const standardInput = "-";

/** Far more than the longest text that any tool accepts. */
const maxBytes = 1_048_576;

/** The input with the text from standard input, if the tool's main input is `-`. */
export async function withPipedText(
  tool: Tool,
  input: Readonly<Record<string, unknown>>,
  stdin: AsyncIterable<Uint8Array | string>,
): Promise<Record<string, unknown>> {
  const { primary } = tool;
  const isText = fieldsOf(tool).some(([name, { shape }]) => name === primary && shape.kind === "text");
  return primary !== undefined && isText && input[primary] === standardInput
    ? { ...input, [primary]: await readText(stdin, primary) }
    : { ...input };
}

async function readText(stdin: AsyncIterable<Uint8Array | string>, field: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > maxBytes) {
      throw new UsageError(
        { key: "media.too-large", values: { actual: { bytes }, limit: { bytes: maxBytes } } },
        field,
      );
    }
    chunks.push(piece);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError({ en: "standard input is not UTF-8 text.", "zh-CN": "标准输入不是 UTF-8 文本。" }, field);
  }
}
