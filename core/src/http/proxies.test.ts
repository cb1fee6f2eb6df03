import { describe, expect, test } from "vitest";
import { createProxies } from "./proxies.ts";

const https = "http://user:pass%20word@proxy.example:3128";
const http = "http://plain.example:8080";

/** @verifies reached.by-proxy */
describe("the proxy for an address", () => {
  const host = (address: string, no?: string) => createProxies({ https, http, no }).for(new URL(address))?.host ?? null;

  test.each([
    ["https://api.example/v1", "proxy.example:3128"],
    ["wss://gateway.example/?v=10", "proxy.example:3128"],
    ["http://api.example/v1", "plain.example:8080"],
    ["ws://gateway.example", "plain.example:8080"],
    ["https://8.8.8.8/", "proxy.example:3128"],
    ["https://localhost.example/", "proxy.example:3128"],
  ])("%s: by the scheme", (address, expected) => {
    expect(host(address)).toBe(expected);
  });

  test.each([
    ...["http://127.0.0.1:3000/", "http://127.9.9.9/", "http://localhost:3000/", "https://a.localhost/"],
    ...["http://[::1]:3000/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"],
  ])("%s is this machine: none", (address) => {
    expect(host(address)).toBeNull();
  });

  test.each([
    ["https://example.com/", "example.com", true],
    ["https://Api.Example.com./", "example.com", true],
    ["https://api.example.com/", ".example.com", true],
    ["https://api.example.com/", "*.EXAMPLE.com", true],
    ["https://badexample.com/", "example.com", false],
    ["https://example.com/", "other.com, example.com", true],
    ["https://example.com/", "other.com example.com", true],
    ["https://example.com/", "example.com:443", true],
    ["https://example.com:8443/", "example.com:443", false],
    ["http://example.com/", "example.com:80", true],
    ["https://10.1.2.3/", "10.0.0.0/8", true],
    ["https://11.1.2.3/", "10.0.0.0/8", false],
    ["https://10.1.2.3/", "10.1.2.3", true],
    ["https://[2001:db8::1]/", "[2001:db8::1]:443", true],
    ["https://[2001:db8::1]/", "2001:db8::/32", true],
    ["https://anything.example/", "*", true],
    ["https://10.1.2.3/", "*", true],
    ["https://anything.example/", "", false],
  ])("%s with NO_PROXY=%s: reached straight %s", (address, no, straight) => {
    expect(host(address, no) === null).toBe(straight);
  });

  test("there is none if none is set", () => {
    const proxies = createProxies({});
    expect(proxies.for(new URL("https://api.example"))).toBeNull();
    expect(createProxies({ https }).for(new URL("http://api.example"))).toBeNull();
  });
});
