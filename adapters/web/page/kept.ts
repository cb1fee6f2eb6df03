/**
 * What this browser keeps of what a person typed, so that neither a reload nor a crash loses it. Where the browser allows
 * no storage, everything works and is lost with the page.
 */
const prefix = "toolcast.";

/** The value last kept under a name; undefined if there is none, or if it is not one of ours. */
export function kept(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(`${prefix}${name}`) ?? "");
  } catch {
    return undefined;
  }
}

/** Keeps a value in place of the last one; undefined keeps nothing. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined) {
      localStorage.removeItem(`${prefix}${name}`);
    } else {
      localStorage.setItem(`${prefix}${name}`, JSON.stringify(value));
    }
  } catch {
    // Full, or not allowed.
  }
}

/** The names under which something is kept that begin like this. */
export function keptNames(start: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(`${prefix}${start}`))
      .map((name) => name.slice(prefix.length));
  } catch {
    return [];
  }
}
