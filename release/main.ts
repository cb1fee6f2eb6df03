// `npm run release -- <version>`: sets the version everywhere, builds, packs, and says how to publish. Publishes nothing.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { obstacles, versionEdits, workspacesOf } from "./release-plan.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const folders = (path: string) =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const say = (text: string) => process.stdout.write(`${text}\n`);

function run(command: string, args: readonly string[], stdio: "pipe" | "inherit"): string {
  const { status, stdout } = spawnSync(command, args, {
    ...{ cwd: root, encoding: "utf8", shell: process.platform === "win32" },
    stdio: ["ignore", stdio, "inherit"],
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(" ")} failed`);
  }
  return stdout ?? "";
}

const [version = ""] = process.argv.slice(2);
const workspaces = workspacesOf(read, folders);
const status = run("git", ["status", "--porcelain"], "pipe");
const problems = obstacles(version, { workspaces, status, changelog: read("CHANGELOG.md") });
if (problems.length > 0) {
  process.stderr.write(`${problems.map((problem) => `- ${problem}`).join("\n")}\nnpm run release -- <version>\n`);
  process.exitCode = 1;
} else {
  release();
}

function release(): void {
  const examples = folders("docs/examples").map((name) => `docs/examples/${name}`);
  for (const [path, text] of versionEdits(version, { read, workspaces, examples })) {
    writeFileSync(join(root, path), text);
  }
  const folder = `dist/${version}`;
  try {
    run("npm", ["run", "build"], "inherit");
    mkdirSync(join(root, folder), { recursive: true });
    const published = workspaces.filter((workspace) => !workspace.private);
    const named = published.map(({ name }) => `--workspace=${name}`);
    run("npm", ["pack", ...named, "--pack-destination", folder], "inherit");
    say(`
${published.length} packages of ${version} are in ${folder}. Nothing is published yet. Then:
  npm test
  git commit --all --message "chore: release ${version}" && git tag v${version}
  for package in ${folder}/*.tgz; do npm publish "./$package" --access public; done`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}. The version is set; \`git restore .\` takes it back.\n`);
    process.exitCode = 1;
  }
}
