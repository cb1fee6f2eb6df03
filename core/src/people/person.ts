import { say } from "../messages/sentence.ts";
import type { Caller } from "./caller.ts";

/** Somebody as a person reads of them: their own doings are theirs, in the language they read now. */
export function personName({ id, name }: Pick<Caller, "id" | "name">, reader: Pick<Caller, "id" | "locale">): string {
  if (id === reader.id) {
    return say({ key: "person.you" }, reader.locale);
  }
  return typeof name === "string" ? name : name[reader.locale];
}
