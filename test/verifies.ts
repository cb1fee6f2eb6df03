import { type RequirementId, requirements } from "./requirements.ts";

/** Cites the promises a test proves: first line of a test or a `describe`. */
export function verifies(...ids: RequirementId[]): void {
  for (const id of ids) {
    if (!(id in requirements)) {
      throw new Error(`There is no requirement ${id}`);
    }
  }
}
