import { say } from "../messages/sentence.ts";
import type { Caller } from "./caller.ts";

/** What a reader sees somebody called: "you" for themselves, in the language they read now. */
export function personName({ id, name }: Pick<Caller, "id" | "name">, reader: Pick<Caller, "id" | "locale">): string {
  if (id === reader.id) {
    return say({ key: "person.you" }, reader.locale);
  }
  return typeof name === "string" ? name : name[reader.locale];
}
