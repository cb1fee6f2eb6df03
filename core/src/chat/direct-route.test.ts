import { expect, test } from "vitest";
import { silentLogger } from "../ground/logger.ts";
import type { SendEnd } from "../surface/surface.ts";
import type { Chat } from "./chat.ts";
import type { Sending } from "./delivery-routes.ts";
import { type DirectRoute, directBy } from "./direct-route.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { Linked } from "./message-links.ts";
import { SendError, type SendFailure, sendFailures } from "./send-failure.ts";

// @verifies chat.direct

interface Address {
  locale: "en";
  channel: string;
  ephemeral: boolean;
}
type Platform = { chat: Chat };
type Route = DirectRoute<Platform, Address, string>;

const failures = sendFailures("Roomy");
const readFailure = (error: unknown): SendFailure =>
  error instanceof SendError ? error.failure : failures.connection(error);
const refused = new SendError(failures.refused({ detail: "no" }));
const sent: SendEnd = { end: "sent", receipt: { message: "m1" } };

function openRoom({ ephemeral = false, channel = "team" } = {}) {
  const told: Elsewhere[] = [];
  const shown: unknown[] = [];
  const chat = {
    context: { readFailure, logger: silentLogger },
    linksTo: ({ message }: Linked) => (message == null ? [] : [{ label: "request", url: message }]),
    tellElsewhere: async (_delivery: unknown, where: Elsewhere) => void told.push(where),
  } as unknown as Chat;
  const sending = {
    ...{ chat, address: { locale: "en", channel, ephemeral }, options: { locale: "en" } },
    ...{ delivery: { id: "d1", place: {} }, answer: { id: "a1", message: "m0" } },
  } as unknown as Sending<Platform, Address>;
  const go = (given: Partial<Route> = {}) =>
    directBy<Platform, Address, string>({
      open: async () => "direct",
      isElsewhere: (conversation, address) => conversation !== address.channel,
      async send({ options }, conversation) {
        shown.push([conversation, options.links]);
        return sent;
      },
      ...given,
    })(sending);
  return { go, told, shown };
}

test("a message to the asker alone links to the request, and the answer says where the result is", async () => {
  const { go, told, shown } = openRoom();
  expect(await go()).toEqual(sent);
  expect(shown).toEqual([["direct", [{ label: "request", url: "m0" }]]]);
  expect(told).toEqual([{ direct: true }]);
});

test("it links to nothing that only the asker sees", async () => {
  const { go, told, shown } = openRoom({ ephemeral: true });
  await go();
  expect(shown).toEqual([["direct", []]]);
  expect(told).toEqual([{ direct: true }]);
});

test("where the job was asked for there, nothing is elsewhere", async () => {
  const { go, told, shown } = openRoom({ channel: "direct" });
  expect(await go()).toEqual(sent);
  expect(shown).toEqual([["direct", []]]);
  expect(told).toEqual([]);
});

test("a route that ends without a message leaves the answer as it is", async () => {
  const { go, told } = openRoom();
  expect(await go({ send: async () => ({ end: "closed" }) })).toEqual({ end: "closed" });
  expect(told).toEqual([]);
});

const fails = (error: Error) => ({ send: () => Promise.reject(error) });

test("what the platform refuses there may be shown in the answer; unless all of it is, the refusal stands", async () => {
  const { go, told } = openRoom();
  expect(await go({ ...fails(refused), showInstead: async () => sent })).toEqual(sent);
  await expect(go({ ...fails(refused), showInstead: async () => null })).rejects.toBe(refused);
  await expect(go({ ...fails(refused), showInstead: () => Promise.reject(new Error("no")) })).rejects.toBe(refused);
  await expect(go(fails(refused))).rejects.toBe(refused);
  await expect(go({ open: () => Promise.reject(refused), showInstead: async () => null })).rejects.toBe(refused);
  expect(told).toEqual([]);
});

test("after a send of unknown outcome nothing else is shown", async () => {
  const { go } = openRoom();
  const unclear = new Error("no answer");
  let isShown = false;
  const showInstead = async () => {
    isShown = true;
    return sent;
  };
  await expect(go({ ...fails(unclear), showInstead })).rejects.toBe(unclear);
  expect(isShown).toBe(false);
});
