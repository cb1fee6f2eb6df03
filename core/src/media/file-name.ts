/** The longest name, in characters, including the extension. */
const maxNameCharacters = 120;

/**
 * Separators, control characters, characters that some system forbids, and the marks that make a name read backwards.
 */
const unsafe = /[\p{Cc}\p{Cs}<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Extensions that mean the same format as ours. */
const alike: Record<string, readonly string[]> = {
  jpg: ["jpeg", "jpe"],
  tif: ["tiff"],
  mp4: ["m4v"],
  ogg: ["oga", "opus"],
};

/**
 * A name that is safe for saving: no folders, nothing that controls or misleads, and the extension that fits the
 * content whatever the name claimed.
 */
export function safeFileName(name: string, extension: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const cleaned = last.replaceAll(unsafe, "").replace(/^[.\s]+|[.\s]+$/g, "");
  const [stem, ending] = splitEnding(cleaned);
  const fits = ending === extension || (alike[extension] ?? []).includes(ending);
  const suffix = `.${fits ? cleaned.slice(stem.length + 1) : extension}`;
  const base = [...(fits ? stem : cleaned)].slice(0, maxNameCharacters - suffix.length).join("");
  return `${base.trimEnd() || "file"}${suffix}`;
}

function splitEnding(name: string): [stem: string, ending: string] {
  const dot = name.lastIndexOf(".");
  return dot < 1 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1).toLowerCase()];
}
