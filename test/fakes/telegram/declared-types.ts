import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";

/** A type as a declaration writes it. */
export type Declared =
  | { readonly is: "any" | "string" | "number" | "boolean" | "file" }
  | { readonly is: "literal"; readonly value: string | boolean | number }
  | { readonly is: "named"; readonly name: string }
  | { readonly is: "list"; readonly of: Declared }
  | { readonly is: "union"; readonly of: readonly Declared[] }
  | { readonly is: "object"; readonly fields: ReadonlyMap<string, Field> };

export interface Field {
  readonly type: Declared;
  readonly required: boolean;
}

/** Methods and objects of the Bot API, by name. */
export interface Declarations {
  readonly methods: ReadonlyMap<string, { readonly parameters: Declared | null; readonly result: Declared }>;
  readonly types: ReadonlyMap<string, Declared>;
}

const tokenPattern = /\s+|"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$.]*|-?\d+(?:\.\d+)?|=>|./gsy;

function tokensOf(source: string): string[] {
  const text = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\/\/[^\n]*/g, "");
  const tokens: string[] = [];
  for (const [token] of text.matchAll(tokenPattern)) {
    if (token.trim() !== "") {
      tokens.push(token);
    }
  }
  return tokens;
}

/** Reads the subset of TypeScript that generated declarations use: interfaces, aliases, unions, lists, literals. */
function reader(tokens: readonly string[]) {
  let at = 0;
  const peek = (ahead = 0) => tokens[at + ahead] ?? "";
  const next = () => tokens[at++] ?? "";
  function skip(token: string): boolean {
    const found = peek() === token;
    at += found ? 1 : 0;
    return found;
  }

  function single(): Declared {
    const token = next();
    let type: Declared;
    if (token === "(") {
      type = union();
      skip(")");
    } else if (token === "{") {
      at -= 1;
      type = object();
    } else if (token.startsWith('"')) {
      type = { is: "literal", value: JSON.parse(token) as string };
    } else if (token === "true" || token === "false") {
      type = { is: "literal", value: token === "true" };
    } else if (/^-?\d/.test(token)) {
      type = { is: "literal", value: Number(token) };
    } else if (token === "string" || token === "number" || token === "boolean") {
      type = { is: token };
    } else {
      const name = token.split(".").at(-1)!;
      type = name === "TelegramInputFile" ? { is: "file" } : { is: "named", name };
      if (peek() === "<") {
        for (let depth = 0; ; ) {
          const inner = next();
          depth += inner === "<" ? 1 : inner === ">" ? -1 : 0;
          if (depth === 0) {
            break;
          }
        }
        type = { is: "any" };
      }
    }
    while (peek() === "[" && peek(1) === "]") {
      at += 2;
      type = { is: "list", of: type };
    }
    return type;
  }

  function union(): Declared {
    skip("|");
    const all = [single()];
    while (skip("|")) {
      all.push(single());
    }
    return all.length === 1 ? all[0]! : { is: "union", of: all };
  }

  function object(): Declared {
    skip("{");
    const fields = new Map<string, Field>();
    while (!skip("}")) {
      const name = next();
      if (peek() === "(") {
        // `toString(): string` and `toJSON(): X` are for the writer's convenience; what is sent is their result.
        at += 3;
        const type = union();
        fields.set(`${name}()`, { type, required: true });
      } else {
        const required = !skip("?");
        skip(":");
        fields.set(name, { type: union(), required });
      }
      while (skip(";") || skip(",")) {
        // Separators are optional.
      }
    }
    const written = fields.get("toString()") ?? fields.get("toJSON()");
    return written === undefined ? { is: "object", fields } : written.type;
  }

  return {
    peek,
    next,
    skip,
    union,
    object,
    get done() {
      return at >= tokens.length;
    },
  };
}

function namedTypes(source: string): Map<string, Declared> {
  const read = reader(tokensOf(source));
  const types = new Map<string, Declared>();
  while (!read.done) {
    if (read.next() !== "export") {
      continue;
    }
    const kind = read.next();
    const name = read.next();
    if (kind === "interface" && read.peek() === "{") {
      types.set(name, read.object());
    } else if (kind === "type" && read.skip("=")) {
      types.set(name, read.union());
    }
  }
  return types;
}

let read: Declarations | null = null;

/** The declarations of `@gramio/types`, which other people generated from Telegram's own page. */
export function gramioDeclarations(): Declarations {
  if (read !== null) {
    return read;
  }
  const folder = join(dirname(findPackageJSON("@gramio/types", import.meta.url)!), "out");
  const source = (name: string) => readFileSync(join(folder, `${name}.d.ts`), "utf8");
  const types = new Map([...namedTypes(source("objects")), ...namedTypes(source("params"))]);
  const methods = new Map<string, { parameters: Declared | null; result: Declared }>();
  const calls = reader(tokensOf(source("methods").replace(/[\s\S]*?export interface APIMethods/, "")));
  calls.skip("{");
  while (!calls.done && calls.peek() !== "}") {
    const method = calls.next();
    calls.skip(":");
    const shape = calls.next();
    calls.skip("<");
    const first = calls.union();
    const second = calls.skip(",") ? calls.union() : null;
    calls.skip(">");
    methods.set(
      method,
      shape === "CallAPIWithoutParams" ? { parameters: null, result: first } : { parameters: first, result: second! },
    );
  }
  read = { methods, types };
  return read;
}
