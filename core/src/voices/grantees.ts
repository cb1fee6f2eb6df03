import type { LocalizedText } from "../ground/locale.ts";
import { inEveryLanguage, messages, type Sentence } from "../messages/sentence.ts";
import type { Grantee, Voice } from "./voice-book.ts";

/** With whom a voice is shared: everybody, or only some. */
export type Sharing = Pick<Voice, "shared" | "sharedWith">;

/** With whom a voice is shared, in words; empty for nobody. */
export function grantees({ shared, sharedWith = [] }: Sharing): LocalizedText[] {
  return [...(shared ? [messages["share.everybody"]] : []), ...sharedWith.map(nameOfGrantee)];
}

/** A person's name, or the id of one who is known only by it. */
export function nameOfGrantee(one: Grantee): LocalizedText {
  return inEveryLanguage(granteeSentence(one));
}

/** The same, to be said. */
export function granteeSentence({ id, name }: Grantee): Sentence {
  if (name === undefined && id.includes(":role:")) {
    return { key: "share.role", values: { id } };
  }
  const known = name ?? id;
  return typeof known === "string" ? { en: known, "zh-CN": known } : known;
}
