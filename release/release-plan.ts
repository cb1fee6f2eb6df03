/** Reads a file of the repository by its path. */
type Read = (path: string) => string;

/** A package of the repository. */
export interface Workspace {
  /** Its folder. */
  folder: string;
  name: string;
  version: string;
  private: boolean;
}

interface Description {
  name: string;
  version: string;
  private?: boolean;
}

/** Every package of the repository, in no particular order. `folders` gives the folders in a folder. */
export function workspacesOf(read: Read, folders: (path: string) => string[]): Workspace[] {
  const { workspaces } = JSON.parse(read("package.json")) as { workspaces: string[] };
  const all = workspaces.flatMap((pattern) =>
    pattern.endsWith("/*") ? folders(pattern.slice(0, -2)).map((name) => `${pattern.slice(0, -2)}/${name}`) : [pattern],
  );
  return all.map((folder) => {
    const { name, version, private: isPrivate = false } = JSON.parse(read(`${folder}/package.json`)) as Description;
    return { folder, name, version, private: isPrivate };
  });
}

/** Why this version cannot be released; empty if it can. `status` is what `git status --porcelain` says. */
export function obstacles(
  version: string,
  { workspaces, status, changelog }: { workspaces: readonly Workspace[]; status: string; changelog: string },
): string[] {
  const versions = [...new Set(workspaces.map((workspace) => workspace.version))];
  const [current = ""] = versions;
  const isVersion = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/.test(version);
  const heading = new RegExp(`^## ${version.replaceAll(".", "\\.")}(?=\\s|$)`, "m");
  return [
    ...(isVersion ? [] : [`"${version}" is not a version such as 1.2.3`]),
    ...(versions.length === 1 ? [] : [`the packages have different versions: ${versions.join(", ")}`]),
    ...(isVersion && !isLater(version, current) ? [`${version} is not later than ${current}`] : []),
    ...(status.trim() === "" ? [] : ["the working tree is not clean; commit or stash first"]),
    ...(!isVersion || heading.test(changelog)
      ? []
      : [`CHANGELOG.md has no heading "## ${version}"; rename "## Unreleased" once it is complete`]),
  ];
}

function isLater(version: string, current: string): boolean {
  const [left, right] = [version, current].map((text) => text.split(".").map(Number));
  const at = left!.findIndex((part, index) => part !== right![index]);
  return at !== -1 && left![at]! > right![at]!;
}

/** The new texts of the files that name the version, by path. Nothing else in them changes. */
export function versionEdits(
  version: string,
  { read, workspaces, examples }: { read: Read; workspaces: readonly Workspace[]; examples: readonly string[] },
): Map<string, string> {
  const ours = workspaces.map(({ name }) => name).join("|");
  const dependency = new RegExp(`^(\\s+"(?:${ours})": "\\^?)\\d[^"]*(",?)$`, "gm");
  const own = new RegExp(`("name": "(?:${ours})",\\n\\s+"version": ")[^"]+(")`, "g");
  const paths = [
    ...workspaces.map(({ folder }) => `${folder}/package.json`),
    ...examples.map((folder) => `${folder}/package.json`),
    "package-lock.json",
  ];
  return new Map(
    paths.map((path) => [path, read(path).replace(own, `$1${version}$2`).replace(dependency, `$1${version}$2`)]),
  );
}
