import { Input, type InputOptions } from "mediabunny";

/** Reads a medium and always closes its file. Node 22 does not know `using`. */
export async function readInput<Result>(
  options: InputOptions,
  read: (input: Input) => Promise<Result>,
): Promise<Result> {
  const input = new Input(options);
  try {
    return await read(input);
  } finally {
    input.dispose();
  }
}
