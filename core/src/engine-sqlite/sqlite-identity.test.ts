import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UnusablePath } from "../errors/unusable-path.ts";
import { systemRandom } from "../ground/random.ts";
import { openSqliteIdentity, type SqliteIdentityOptions } from "./sqlite-identity.ts";
import { readStoreEpoch, writeStoreEpoch } from "./store-epoch.ts";

// @verifies paid-once.copied-store

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolcast-identity-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const file = (name: string) => join(directory, name);
const key = (fill: number, isNew = false) => ({ file: file("key"), bytes: new Uint8Array(32).fill(fill), isNew });

function withIdentity<Result>(
  look: (identity: ReturnType<typeof openSqliteIdentity>) => Result,
  options: Partial<SqliteIdentityOptions> = {},
): Result {
  const identity = openSqliteIdentity({
    ...{ jobs: file("jobs.sqlite"), epoch: file("store-epoch"), key: key(1), random: systemRandom },
    ...options,
  });
  try {
    return look(identity);
  } finally {
    identity.close();
  }
}

const begin = (options?: Partial<SqliteIdentityOptions>) =>
  withIdentity((identity) => {
    identity.begin();
    return identity.held();
  }, options);

function change(name: string, statement: string): void {
  const database = new DatabaseSync(file(name));
  database.exec(statement);
  database.close();
}

function epochs(): unknown[] {
  const database = new DatabaseSync(file("jobs.sqlite"));
  const row = database.prepare("SELECT epoch, raising FROM store_identity").get();
  database.close();
  return [{ ...row }, { epoch: readStoreEpoch(file("store-epoch")) }];
}

const otherFile = { readStats: () => ({ ino: 1n, birthtimeNs: 2n, ctimeNs: 3n }) };

test("a store without an identity is accepted; every start writes one new epoch to it and beside it", () => {
  expect(begin()).toBeNull();
  const [first] = epochs() as { epoch: string }[];
  expect(begin()).toBeNull();
  const [second, beside] = epochs() as { epoch: string }[];
  expect(second!.epoch).not.toBe(first!.epoch);
  expect(beside!.epoch).toBe(second!.epoch);
});

test("merely opening it changes nothing", () => {
  begin();
  const before = epochs();
  withIdentity((identity) => expect(identity.held()).toBeNull());
  expect(epochs()).toEqual(before);
});

test("a copy stays held across starts until it is released; from then on the original file counts as the copy", () => {
  begin();
  expect(begin(otherFile)).toEqual({ key: "store.copied" });
  expect(begin(otherFile)).toEqual({ key: "store.copied" });
  withIdentity((identity) => {
    expect(identity.held()).not.toBeNull();
    withIdentity((operators) => operators.release(), otherFile);
    expect(identity.held()).toBeNull();
  }, otherFile);
  expect(begin(otherFile)).toBeNull();
  expect(begin()).toEqual({ key: "store.copied" });
});

describe("a start that was cut off", () => {
  test.each([
    ["before the epoch was written anywhere", (_next: string) => {}],
    ["between the database and its file", (next: string) => writeStoreEpoch(file("store-epoch"), next)],
  ])("%s does not make a copy", (_name, cutOff) => {
    begin();
    change("jobs.sqlite", "UPDATE store_identity SET raising = 'next'");
    cutOff("next");
    expect(begin()).toBeNull();
    expect(epochs()).toMatchObject([{ raising: null }, {}]);
    expect(begin()).toBeNull();
  });

  test("in a store that had no epoch yet does not make one either", () => {
    begin();
    change("jobs.sqlite", "UPDATE store_identity SET raising = epoch, epoch = NULL");
    rmSync(file("store-epoch"));
    expect(begin()).toBeNull();
  });
});

test.each([
  ["is older", () => writeStoreEpoch(file("store-epoch"), "older")],
  ["is missing", () => rmSync(file("store-epoch"))],
])("a database and an epoch that %s do not belong together until they are released", (_name, act) => {
  begin();
  act();
  expect(begin()).toEqual({ key: "store.mixed" });
  withIdentity((identity) => identity.release());
  expect(begin()).toBeNull();
});

describe("the key", () => {
  test("is refused with its path if it is another one, until an operator accepts it", () => {
    begin();
    expect(() => begin({ key: key(2) })).toThrow(UnusablePath);
    expect(() => begin({ key: key(2) })).toThrow(file("key"));
    withIdentity((identity) => identity.release(), { key: key(2, true) });
    expect(begin({ key: key(2) })).toBeNull();
    expect(() => begin()).toThrow(UnusablePath);
  });

  test("of a store that was held stays the same after a release", () => {
    begin();
    withIdentity((identity) => identity.release(), otherFile);
    expect(() => begin({ ...otherFile, key: key(2) })).toThrow(UnusablePath);
  });
});
