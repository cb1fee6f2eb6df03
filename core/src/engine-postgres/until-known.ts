import { OutcomeUnknown, unclear } from "./postgres-faults.ts";

const triesAtMost = 5;

/**
 * Repeats an act whose commit's answer was lost, until it is known that it has happened. For acts that may happen
 * twice: `repetition` is 0 at the first try. Throws a `StorageError` that says so if the database is away before it is
 * known.
 */
export async function untilKnown<T>(act: (repetition: number) => Promise<T>): Promise<T> {
  for (let repetition = 0; ; repetition += 1) {
    try {
      return await act(repetition);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown) || repetition + 1 >= triesAtMost) {
        throw repetition > 0 ? unclear(error) : error;
      }
    }
  }
}
