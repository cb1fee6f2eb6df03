import { UsageError } from "../../errors/errors.ts";
import { dashscopeName } from "./name.ts";

/** UTF-16 units: the stricter reading of "characters" where the vendor does not say how it counts them. */
const unitsOf = (text: string) => text.length;

/** Refuses a text that is longer than the vendor takes. */
export function checkLength(text: string | undefined, limit: number, field: string, charactersOf = unitsOf): void {
  const actual = charactersOf(text ?? "");
  if (actual > limit) {
    throw new UsageError(
      { key: "provider.text-too-long", values: { provider: dashscopeName.providerTitle, limit, actual } },
      field,
    );
  }
}

/** As speech is charged: an ideograph counts as two characters, anything else as one. */
export function spokenCharactersOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0);
}

/** Refuses an input the vendor has no place for: dropping it would give what was not asked for. */
export function notOffered(field: string): UsageError {
  return new UsageError(
    { key: "provider.field-not-offered", values: { provider: dashscopeName.providerTitle, field } },
    field,
  );
}
