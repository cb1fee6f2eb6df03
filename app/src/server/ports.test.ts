import { expect, test } from "vitest";
import { onFreePort } from "./ports.ts";

const taken = (ports: number[], code = "EADDRINUSE") => {
  const tried: number[] = [];
  return {
    tried,
    open: async (port: number) => {
      tried.push(port);
      if (ports.includes(port)) {
        throw Object.assign(new Error(code), { code });
      }
      return port;
    },
  };
};

test("the wanted port is used when it is free", async () => {
  const { open, tried } = taken([]);
  expect(await onFreePort({ port: 3000, fixed: false }, open)).toBe(3000);
  expect(tried).toEqual([3000]);
});

test("the next free port is used when the wanted one is taken", async () => {
  const { open } = taken([3000, 3001]);
  expect(await onFreePort({ port: 3000, fixed: false }, open)).toBe(3002);
});

test("a fixed port is the only one tried", async () => {
  const { open, tried } = taken([3000]);
  await expect(onFreePort({ port: 3000, fixed: true }, open)).rejects.toThrow("EADDRINUSE");
  expect(tried).toEqual([3000]);
});

test("the twentieth port after the wanted one is the last one tried", async () => {
  const { open, tried } = taken(Array.from({ length: 30 }, (_, index) => 3000 + index));
  await expect(onFreePort({ port: 3000, fixed: false }, open)).rejects.toThrow("EADDRINUSE");
  expect(tried.at(-1)).toBe(3020);
});

test("any other error ends the search", async () => {
  const { open, tried } = taken([3000], "EADDRNOTAVAIL");
  await expect(onFreePort({ port: 3000, fixed: false }, open)).rejects.toThrow("EADDRNOTAVAIL");
  expect(tried).toEqual([3000]);
});
