import { characters, type JsonObject } from "../json.ts";
import type { FieldProblems } from "./field-problems.ts";
import type { StoredFile } from "./world.ts";

/** Walks a tree of components once: assigns ids, resolves media, and checks what must be unique or is limited. */
export class ComponentReader {
  readonly problems: FieldProblems;
  readonly #files: readonly StoredFile[];
  readonly #customIds = new Set<string>();
  readonly #ids = new Set<number>();
  readonly #shownFileIds = new Set<string>();
  #nextId = 1;
  #count = 0;
  #textCharacters = 0;

  constructor(problems: FieldProblems, files: readonly StoredFile[]) {
    this.problems = problems;
    this.#files = files;
  }

  get count(): number {
    return this.#count;
  }

  get textCharacters(): number {
    return this.#textCharacters;
  }

  get shownFileIds(): ReadonlySet<string> {
    return this.#shownFileIds;
  }

  /** Counts a component and determines its id. */
  begin(path: string, raw: JsonObject): { type: number; id: number } {
    this.#count += 1;
    let id = typeof raw.id === "number" && raw.id > 0 ? raw.id : 0;
    if (id === 0) {
      while (this.#ids.has(this.#nextId)) {
        this.#nextId += 1;
      }
      id = this.#nextId;
    } else if (this.#ids.has(id)) {
      this.problems.add(`${path}.id`, "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated");
    }
    this.#ids.add(id);
    return { type: Number(raw.type), id };
  }

  customId(path: string, raw: JsonObject): string | null {
    const customId = this.problems.text(`${path}.custom_id`, raw.custom_id, 1, 100);
    if (customId !== null && this.#customIds.has(customId)) {
      this.problems.add(
        `${path}.custom_id`,
        "COMPONENT_CUSTOM_ID_DUPLICATED",
        "Component custom id cannot be duplicated",
      );
    }
    if (customId !== null) {
      this.#customIds.add(customId);
    }
    return customId;
  }

  shownText(path: string, value: unknown): string {
    const text = this.problems.text(path, value, 1, 4_000) ?? "";
    this.#textCharacters += characters(text);
    return text;
  }

  /** A medium by its address: an uploaded file, or one on the web if that is allowed. */
  media(path: string, value: unknown, onlyUploads: boolean): JsonObject {
    const url = this.problems.text(`${path}.url`, this.problems.object(path, value).url, 1, 2_048) ?? "";
    if (url.startsWith("attachment://")) {
      const name = url.slice("attachment://".length);
      const file = /^[A-Za-z0-9._-]+$/.test(name) ? this.#files.find(({ filename }) => filename === name) : undefined;
      if (file === undefined) {
        this.problems.add(
          `${path}.url`,
          "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
          "The referenced attachment was not found",
        );
        return {};
      }
      this.#shownFileIds.add(file.id);
      return { id: file.id, attachment_id: file.id, content_type: file.contentType };
    }
    if (onlyUploads || !/^https?:\/\//.test(url)) {
      this.problems.add(`${path}.url`, "URL_TYPE_INVALID_SCHEME", "Scheme must be one of the supported ones.");
      return {};
    }
    return { id: "0", url, proxy_url: url, content_type: null };
  }
}
