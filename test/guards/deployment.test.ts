import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { read, repository } from "../repository.ts";
import { verifies } from "../verifies.ts";

test("the image runs the command line as somebody other than root, stores its data in a volume, and says how it is", () => {
  verifies("built.deployment");
  const image = read("Dockerfile");
  const [program] = image.match(/(?<=\/toolcast\/)app\/bin\/[\w.]+/) ?? [];
  expect(existsSync(join(repository, program!))).toBe(true);
  expect(image.match(/^FROM node:(\d+)/gm)).toEqual(["FROM node:24", "FROM node:24"]);
  expect(image.indexOf("\nUSER node")).toBeGreaterThan(image.lastIndexOf("FROM "));
  expect(image).toMatch(/TOOLCAST_DATA_DIR=\/data[\s\S]+VOLUME \/data/);
  expect(image).toContain("EXPOSE 3000 3001");
  expect(image).toMatch(/HEALTHCHECK[\s\S]+:3000\/healthz/);
  expect(read(".dockerignore").split("\n")).toEqual(expect.arrayContaining([".env", ".git", ".toolcast"]));
});

test.each(["Dockerfile", "compose.yaml", "deploy/compose.postgres.yaml", "deploy/toolcast.service"])(
  "%s sets only variables that exist",
  (file) => {
    verifies("built.deployment");
    const set = [...read(file).matchAll(/\b((?:TOOLCAST|CONSOLE|PUBLIC|DATABASE)_[A-Z_]+)\b/g)].map(
      ([, name]) => name!,
    );
    expect(set.length).toBeGreaterThan(0);
    expect(set.filter((name) => !read("docs/settings.md").includes(`\`${name}\``))).toEqual([]);
  },
);

test("the composed server is open to this machine only, with a token, and has time to stop", () => {
  verifies("built.deployment");
  const compose = read("compose.yaml");
  expect([...compose.matchAll(/- "([\d.]*:?\d+:\d+)"/g)].map(([, port]) => port)).toEqual([
    "127.0.0.1:3000:3000",
    "127.0.0.1:3001:3001",
  ]);
  expect(compose).toMatch(/CONSOLE_TOKEN: \$\{CONSOLE_TOKEN:\?/);
  const [grace] = compose.match(/(?<=stop_grace_period: )\d+/) ?? [];
  const [drainMs] = read("core/src/runtime/create-runtime.ts").match(/(?<=const drainMs = )[\d_]+/) ?? [];
  const drainSeconds = Number(drainMs!.replaceAll("_", "")) / 1000;
  expect(Number(grace)).toBeGreaterThan(drainSeconds);
  const [timeout] = read("deploy/toolcast.service").match(/(?<=TimeoutStopSec=)\d+/) ?? [];
  expect(Number(timeout)).toBeGreaterThan(drainSeconds);
});

test("the composed database keeps its data, has no password of ours, and is ready before the server starts", () => {
  verifies("built.deployment");
  const compose = read("deploy/compose.postgres.yaml");
  const [image] = compose.match(/(?<=image: postgres:)\d+/) ?? [];
  expect(Number(image)).toBeGreaterThanOrEqual(15);
  expect(compose).toMatch(/POSTGRES_PASSWORD: \$\{POSTGRES_PASSWORD:\?/);
  expect(compose).toMatch(/DATABASE_URL: postgres:\/\/toolcast:\$\{POSTGRES_PASSWORD\}@database:5432\/toolcast/);
  expect(compose).toContain("condition: service_healthy");
  expect(compose).toContain("- database:/var/lib/postgresql/data");
  expect(compose).not.toContain("ports:");
});

test("the systemd unit restarts after a crash, but not after an error that no restart fixes", () => {
  verifies("built.deployment");
  const unit = read("deploy/toolcast.service");
  expect(unit).toContain("Restart=on-failure");
  expect(unit).toContain("RestartPreventExitStatus=2\n");
  expect(unit).toMatch(/^User=toolcast$/m);
});
