import { describe, expect, it } from "vitest";
import { BlockedAddress, isBlockedLiteral, isPublicAddress, isTrusted, lookupFor } from "./http-address.ts";

describe("isPublicAddress", () => {
  it.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808"])(
    "lets %s pass",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "ff02::1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::808:808",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "nonsense",
  ])("refuses %s", (address) => expect(isPublicAddress(address)).toBe(false));
});

describe("isBlockedLiteral", () => {
  it.each(["http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://[::1]/", "http://[::ffff:7f00:1]/"])(
    "sees through %s",
    (address) => expect(isBlockedLiteral(new URL(address))).toBe(true),
  );

  it("leaves names to the resolver", () => expect(isBlockedLiteral(new URL("http://localhost/"))).toBe(false));
});

describe("isTrusted", () => {
  it.each([
    ["https://api.example/x", ["api.example"], true],
    ["https://api.example/x", ["API.example:443"], true],
    ["https://api.example:8443/x", ["api.example"], false],
    ["https://api.example:8443/x", ["api.example:8443"], true],
    ["https://evil-api.example/x", ["api.example"], false],
    ["http://127.0.0.1:9000/x", ["127.0.0.1"], false],
    ["http://[::1]:9000/x", ["[::1]:9000"], true],
  ])("%s among %j: %s", (address, hosts, expected) => expect(isTrusted(new URL(address), hosts)).toBe(expected));
});

describe("lookupFor", () => {
  const look = (addresses: { address: string; family: number }[], publicOnly: boolean) =>
    new Promise<unknown>((resolve) => {
      lookupFor(async () => addresses, publicOnly)("name.example", { all: true }, (error, found) =>
        resolve(error ?? found),
      );
    });
  const mixed = [
    { address: "8.8.8.8", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ];

  it("refuses a name that has one private address among several", async () => {
    expect(await look(mixed, true)).toBeInstanceOf(BlockedAddress);
  });

  it("returns every address of the operator's own hosts", async () => {
    expect(await look(mixed, false)).toEqual(mixed);
  });
});
