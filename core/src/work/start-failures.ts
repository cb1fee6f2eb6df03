import type { Failure } from "../errors/errors.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { StartEnd } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";

/**
 * The end of a start whose intent was stored, but whose process lost its lease or was stopped before sending anything.
 */
export function notMade({ id, title }: Provider): StartEnd {
  return {
    end: "not-sent",
    failure: {
      kind: "unreachable",
      sentence: { key: "job.start-not-made", values: { provider: title } },
      charged: "no",
      retry: { kind: "later", afterMs: 0 },
      provider: id,
    },
  };
}

/** The failure of a start with an unknown end, which is never repeated automatically. */
export function unknownFailure(sentence: Sentence, provider: string): Failure {
  return { kind: "unknown", sentence, charged: "unknown", retry: { kind: "never" }, provider };
}
