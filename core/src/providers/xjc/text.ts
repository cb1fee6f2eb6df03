import { UsageError } from "../../errors/errors.ts";
import { xjcName } from "./name.ts";

/** Refuses a text that is longer than the vendor accepts. */
export function checkLength(text: string | undefined, limit: number, field: string): void {
  if (text !== undefined && text.length > limit) {
    throw new UsageError(
      {
        key: "provider.text-too-long",
        values: { provider: xjcName.providerTitle, limit, actual: text.length },
      },
      field,
    );
  }
}

/** The refusal of an input that the vendor does not support: dropping it would give a result that was not asked for. */
export function notOffered(field: string): UsageError {
  return new UsageError(
    { key: "provider.field-not-offered", values: { provider: xjcName.providerTitle, field } },
    field,
  );
}
