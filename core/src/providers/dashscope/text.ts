import { UsageError } from "../../errors/errors.ts";
import { dashscopeName } from "./name.ts";

/** UTF-16 units are the stricter reading of "characters", if the vendor does not say how it counts them. */
const unitsOf = (text: string) => text.length;

/** Refuses a text that is longer than the vendor accepts. */
export function checkLength(text: string | undefined, limit: number, field: string, charactersOf = unitsOf): void {
  const actual = charactersOf(text ?? "");
  if (actual > limit) {
    throw new UsageError(
      { key: "provider.text-too-long", values: { provider: dashscopeName.providerTitle, limit, actual } },
      field,
    );
  }
}

/** Counts characters as speech is charged: an ideograph counts as two, anything else as one. */
export function spokenCharactersOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0);
}

/** The refusal of an input that the vendor does not support: dropping it would give a result that was not asked for. */
export function notOffered(field: string): UsageError {
  return new UsageError(
    { key: "provider.field-not-offered", values: { provider: dashscopeName.providerTitle, field } },
    field,
  );
}
