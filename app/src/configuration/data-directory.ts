import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asUnusablePath } from "@toolcast/core/errors";

/** Whose data it is, as far as the place depends on it. */
export interface Home {
  platform: NodeJS.Platform;
  homeDirectory: string;
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Where data goes when nobody says: beside the configuration file or `.env` when there is one, else to the user's data
 * folder. Never to a bare working directory: a desktop client starts us from anywhere.
 */
export function defaultDataDirectory(configurationDirectory: string | null, home: Home): string {
  if (configurationDirectory !== null) {
    return join(configurationDirectory, ".toolcast");
  }
  const { platform, homeDirectory, environment } = home;
  if (platform === "win32") {
    return join(environment.LOCALAPPDATA || join(homeDirectory, "AppData", "Local"), "Toolcast");
  }
  if (platform === "darwin") {
    return join(homeDirectory, "Library", "Application Support", "Toolcast");
  }
  return join(environment.XDG_DATA_HOME || join(homeDirectory, ".local", "share"), "toolcast");
}

/**
 * Where jobs, media, voices and the ledger lie. What was made in the sandbox stays with it: once keys are set, nothing
 * ordered there may begin at a vendor, be asked about there or count as spent.
 */
export function installationDirectory(configuration: { dataDirectory: string; sandboxUrl?: string }): string {
  const { dataDirectory, sandboxUrl } = configuration;
  return sandboxUrl === undefined ? dataDirectory : join(dataDirectory, "sandbox", "installation");
}

/** Creates the directory, readable by its owner alone and ignored by git: it holds people's media and a key. */
export function createDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw asUnusablePath(directory, error);
  }
  try {
    writeFileSync(join(directory, ".gitignore"), "*\n", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw asUnusablePath(directory, error);
    }
  }
}
