import { characters, isObject, type JsonObject } from "../json.ts";
import { DiscordError } from "./api-error.ts";

/** Collects the faults in a body and refuses it once, as code 50035 with Discord's tree of errors. */
export class FieldProblems {
  readonly #root: JsonObject = {};
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `path` is dotted: `components.0.label`. */
  add(path: string, code: string, message: string): void {
    this.#count += 1;
    let node = this.#root;
    for (const key of path.split(".").filter((part) => part !== "")) {
      node[key] ??= {};
      node = node[key] as JsonObject;
    }
    node._errors ??= [];
    (node._errors as unknown[]).push({ code, message });
  }

  throwIfAny(): void {
    if (this.#count > 0) {
      throw new DiscordError(400, 50035, "Invalid Form Body", this.#root);
    }
  }

  required(path: string): void {
    this.add(path, "BASE_TYPE_REQUIRED", "This field is required");
  }

  /** The text at `path` if it has a permitted length; otherwise notes the problem and returns null. */
  text(path: string, value: unknown, minCharacters: number, maxCharacters: number, needed = true): string | null {
    if (value === undefined || value === null) {
      if (needed) {
        this.required(path);
      }
      return null;
    }
    if (typeof value !== "string") {
      this.add(path, "STRING_TYPE_CONVERT", "Could not interpret as string.");
      return null;
    }
    const length = characters(value);
    if (length < minCharacters || length > maxCharacters) {
      this.add(path, "BASE_TYPE_BAD_LENGTH", `Must be between ${minCharacters} and ${maxCharacters} in length.`);
      return null;
    }
    return value;
  }

  /** The list at `path` if it has a permitted length; otherwise notes the problem and returns an empty list. */
  list(path: string, value: unknown, minItems: number, maxItems: number): unknown[] {
    if (!Array.isArray(value)) {
      this.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
      return [];
    }
    if (value.length < minItems || value.length > maxItems) {
      this.add(path, "BASE_TYPE_BAD_LENGTH", `Must be between ${minItems} and ${maxItems} in length.`);
    }
    return value;
  }

  choice(path: string, value: unknown, allowed: readonly unknown[]): void {
    if (!allowed.includes(value)) {
      this.add(path, "BASE_TYPE_CHOICES", `Value must be one of {${allowed.join(", ")}}.`);
    }
  }

  object(path: string, value: unknown): JsonObject {
    if (isObject(value)) {
      return value;
    }
    this.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
    return {};
  }
}
