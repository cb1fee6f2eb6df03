import { chmodSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asUnusablePath } from "@toolcast/core/errors";

/** The facts on which the directory's location depends. */
export interface Home {
  platform: NodeJS.Platform;
  homeDirectory: string;
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Where data is stored by default: beside the configuration file or `.env` if there is one, otherwise in the user's
 * data folder. Never in a bare working directory, because desktop clients start us from anywhere.
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
 * Where jobs, media, voices and the ledger are stored. The sandbox has its own: once keys are set, nothing ordered in
 * the sandbox may be started or looked up at a real vendor, or count as spent.
 */
export function installationDirectory(configuration: { dataDirectory: string; sandboxUrl?: string }): string {
  const { dataDirectory, sandboxUrl } = configuration;
  return sandboxUrl === undefined ? dataDirectory : join(dataDirectory, "sandbox", "installation");
}

/** Creates the directory, readable only by its owner and ignored by git, because it holds people's media and a key. */
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

/** Our entries in the directory. Other files in it are left as they are. */
const ours =
  /^(?:key|store-epoch|media|sandbox|(?:server|sandbox)\.json|(?:jobs|state|console)\.sqlite(?:-wal|-shm|-journal)?)$/;
const othersMode = 0o077;

/**
 * Removes other users' permissions on the directory and on our entries in it. That also puts everything deeper out of
 * their reach; if the directory was open before, deeper entries are closed as well.
 */
export function closeToOthers(directory: string): void {
  if (process.platform === "win32") {
    return;
  }
  const wasOpen = isOpen(directory);
  for (const name of readdirSync(directory).filter((entry) => ours.test(entry))) {
    close(join(directory, name), wasOpen);
  }
  // Last, so that an interrupted run is repeated.
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
      // If it belongs to somebody else, `doctor` says so; if it is gone by now, there is nothing to close.
      if (!["EPERM", "EROFS", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) {
        throw error;
      }
    }
  }
}

function isOpen(path: string): boolean {
  return ((lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & othersMode) !== 0;
}
