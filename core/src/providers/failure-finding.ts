import { entryOf } from "../errors/catalog.ts";
import type { Failure } from "../errors/errors.ts";
import type { LocalizedText } from "../ground/locale.ts";
import type { Finding } from "./provider.ts";

/** A failure as a finding of `doctor`, with the catalogue's remedy if it has one. */
export function failureFinding(failure: Failure, provider: LocalizedText): Finding {
  const { vendorCode: code = "", sentence } = failure;
  const entry = entryOf(failure);
  return {
    level: "error",
    sentence:
      entry === undefined
        ? sentence
        : { key: "provider.doctor.refused", values: { provider, code, meaning: entry.meaning, remedy: entry.remedy } },
  };
}
