import type { Json } from "../ground/json.ts";
import type { Hold } from "../job/job.ts";
import { fieldsOf, withoutRole } from "./describe.ts";
import type { Tool } from "./tool.ts";

/** A consent that a request lacks. */
export interface ConsentAsked {
  hold: Hold;
  /** The input that would have given it. */
  field: string;
}

/** What a person must agree to before this starts; null if the tool asks for no consent or the input gives it. */
export function consentAsked(tool: Tool, input: Readonly<Record<string, Json>>): ConsentAsked | null {
  for (const [name, { role, question }] of fieldsOf(tool)) {
    if (role === "consent" && input[name] !== true) {
      return { hold: { reason: "consent", sentence: question ?? { key: "job.hold.consent" } }, field: name };
    }
  }
  return null;
}

/** The input of a repeated request, without consent, which was given to the first one only. */
export function withoutConsent(tool: Tool, input: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return withoutRole(tool, "consent", input);
}
