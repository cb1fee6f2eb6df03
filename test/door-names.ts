import { read } from "./repository.ts";

/** The names a door exports, types included: adding a line there makes public API. */
export function namesOf(door: string): string[] {
  const source = read(`core/src/${door}.ts`).replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const lists = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = ""]) => list.split(","));
  const spaces = [...source.matchAll(/export \* as (\w+)/g)].map(([, name = ""]) => name);
  return [...lists.map((name) => name.trim().replace(/^type /, "")), ...spaces].filter((name) => name !== "").sort();
}
