/**
 * What some arguments may be. The command line needs only the names; what each one means is loaded by its command, whose
 * table has exactly these keys.
 */

/** The shells that have a completion. */
export const shellNames = ["bash", "zsh", "fish"] as const;

/** What `toolcast new` makes. */
export const pluginKindNames = ["tool", "provider", "surface"] as const;

/** The clients that `toolcast mcp config` knows. */
export const mcpClientNames = [
  "claude-desktop",
  "claude-code",
  "cline",
  "codex",
  "cursor",
  "gemini-cli",
  "lm-studio",
  "vscode",
  "windsurf",
  "zed",
] as const;
