import { DashscopeRefusal } from "./codes.ts";

/** Reads one object of a request; anything undocumented is InvalidParameter and names the field. */
export class Fields {
  private readonly path: string;
  private readonly values: Record<string, unknown>;

  constructor(path: string, values: unknown) {
    if (values === null || typeof values !== "object" || Array.isArray(values)) {
      throw new DashscopeRefusal("InvalidParameter", { message: `${path} must be an object.` });
    }
    this.path = path;
    this.values = values as Record<string, unknown>;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  /** The raw value, unchecked. */
  raw(name: string): unknown {
    return this.values[name];
  }

  object(name: string): Fields {
    return new Fields(`${this.path}.${name}`, this.values[name]);
  }

  /** Required text that is not blank. */
  text(name: string): string {
    const text = this.optionalText(name) ?? "";
    if (text.trim() === "") this.refuse(name, "is required");
    return text;
  }

  optionalText(name: string, mostCharacters = Number.POSITIVE_INFINITY): string | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") return this.refuse(name, "must be a string");
    if ([...value].length > mostCharacters) this.refuse(name, `must be at most ${mostCharacters} characters`);
    return value;
  }

  oneOf<Value extends string>(name: string, values: readonly Value[], usual: Value): Value {
    const value = this.optionalText(name);
    if (value === undefined) return usual;
    return values.find((allowed) => allowed === value) ?? this.refuse(name, `must be one of ${values.join(", ")}`);
  }

  number(name: string, range: { least: number; most: number; usual: number; whole?: boolean }): number {
    const value = this.values[name];
    if (value === undefined || value === null) return range.usual;
    const isRight =
      typeof value === "number" &&
      value >= range.least &&
      value <= range.most &&
      (!range.whole || Number.isInteger(value));
    if (isRight) return value;
    return this.refuse(name, `must be ${range.whole ? "an integer" : "a number"} from ${range.least} to ${range.most}`);
  }

  flag(name: string, usual: boolean): boolean {
    const value = this.values[name];
    if (value === undefined || value === null) return usual;
    return typeof value === "boolean" ? value : this.refuse(name, "must be true or false");
  }

  refuse(name: string, complaint: string): never {
    throw new DashscopeRefusal("InvalidParameter", { message: `${this.path}.${name} ${complaint}.` });
  }
}
