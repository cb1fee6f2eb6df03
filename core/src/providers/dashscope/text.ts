import { UsageError } from "../../errors/errors.ts";
import { dashscopeName } from "./name.ts";

/** Refuses a text that is longer than the vendor takes, counted in UTF-16 units: the stricter reading of "characters". */
export function checkLength(text: string | undefined, limit: number, field: string): void {
  if (text !== undefined && text.length > limit) {
    throw new UsageError(
      { key: "provider.text-too-long", values: { provider: dashscopeName.providerTitle, limit, actual: text.length } },
      field,
    );
  }
}

/** Refuses an input the vendor has no place for: dropping it would give what was not asked for. */
export function notOffered(field: string): UsageError {
  return new UsageError(
    { key: "provider.field-not-offered", values: { provider: dashscopeName.providerTitle, field } },
    field,
  );
}
