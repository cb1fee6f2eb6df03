import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./repository.ts";

/** As `npm test` does first; done here too because a test file can be run alone. `made`: what the bundle produces. */
export async function bundled(workspace: string, made: string): Promise<void> {
  if (existsSync(join(repository, made))) {
    return;
  }
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const child = spawn(npm, ["run", "bundle", "-w", workspace], { cwd: repository, stdio: "ignore" });
  const [code] = await once(child, "close");
  if (code !== 0) {
    throw new Error(`npm run bundle -w ${workspace} failed`);
  }
}
