/**
 * The same plain value with every half of a character (a surrogate without its partner) replaced by U+FFFD, in texts
 * and names. JSON can express such halves and JavaScript keeps them, but UTF-8 cannot encode them: strict programs
 * refuse the whole message.
 */
export function wellFormed<Value>(value: Value): Value {
  return replaced(value) as Value;
}

function replaced(value: unknown): unknown {
  if (typeof value === "string") {
    return value.toWellFormed();
  }
  if (Array.isArray(value)) {
    return value.map(replaced);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name.toWellFormed(), replaced(part)]));
  }
  return value;
}
