import { chmodSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
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
    closeToOthers(directory);
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

/** What is ours in it, however others made it: whoever points at a folder with more in it keeps that as it was. */
const ours = /^(?:key|media|sandbox|(?:server|sandbox)\.json|(?:jobs|state|console)\.sqlite(?:-wal|-shm|-journal)?)$/;
const othersMode = 0o077;

/**
 * Takes from other users of this machine what they may do with the directory and what is ours in it. What lies deeper is
 * out of their reach with that; it is closed too where the directory was found open.
 */
export function closeToOthers(directory: string): void {
  if (process.platform === "win32") {
    return;
  }
  const wasOpen = isOpen(directory);
  for (const name of readdirSync(directory).filter((entry) => ours.test(entry))) {
    close(join(directory, name), wasOpen);
  }
  // Last, so that a run that was cut short is made up for.
  close(directory, false);
}

function close(path: string, deep: boolean): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isSymbolicLink()) {
    return;
  }
  if (deep && stat.isDirectory()) {
    for (const name of readdirSync(path)) {
      close(join(path, name), true);
    }
  }
  if ((stat.mode & othersMode) !== 0) {
    try {
      chmodSync(path, stat.mode & 0o7700);
    } catch (error) {
      // Somebody else's: `doctor` says so. Gone since: nothing to close.
      if (!["EPERM", "EROFS", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) {
        throw error;
      }
    }
  }
}

function isOpen(path: string): boolean {
  return ((lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & othersMode) !== 0;
}
