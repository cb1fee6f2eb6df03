// `npm start`: bundles the pages and runs the product. Of npm and turbo nothing is shown unless bundling fails.
import { spawnSync } from "node:child_process";

const { env, stdout, stderr } = process;
if (stdout.isTTY && env.npm_lifecycle_event === "start" && env.npm_config_loglevel !== "silent") {
  // npm has just written its four lines about this script. Into a pipe it writes them too, and only `npm start --silent`
  // prevents that: a log level in .npmrc would also silence the errors of every other npm command.
  stdout.write("\u001b[4A\u001b[J");
}
const chinese = /^zh/i.test(env.TOOLCAST_LOCALE || env.LC_ALL || env.LC_MESSAGES || env.LANG || "");
if (stderr.isTTY) {
  stderr.write(chinese ? "正在准备…" : "Preparing…");
}
const bundle = ["run", "--silent", "bundle"];
const { status, output } =
  env.npm_execpath === undefined
    ? spawnSync("npm", bundle, { encoding: "utf8", shell: process.platform === "win32" })
    : spawnSync(process.execPath, [env.npm_execpath, ...bundle], { encoding: "utf8" });
if (stderr.isTTY) {
  stderr.write("\r\u001b[2K");
}
if (status === 0) {
  process.argv.splice(2, 0, "start");
  await import("./app/bin/toolcast.js");
} else {
  stderr.write((output ?? []).join("") || "npm run bundle failed\n");
  process.exitCode = 1;
}
