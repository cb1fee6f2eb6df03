import { MessageFlags } from "discord.js";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { everythingSent, openRoom, shownText } from "../discord-room.ts";
import { verifies } from "../verifies.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const hostile =
  "@everyone <@1> <@&2> <#3> ||spoiler|| [x](https://evil.example) https://evil.example `code` :smile: \u202eevil";

test("hostile text is shown as it is and pings nobody", async () => {
  verifies("discord.payloads", "safe.inert-text");
  await using room = await openRoom();
  await room.open();
  const ada = room.platform.person("ada");
  const asked = await room.ask(ada, "image", { prompt: hostile });
  await room.until(() => everythingSent(room));
  const answer = ada.answerTo(asked)!;
  expect(shownText(answer.text)).toContain("@everyone <@1> <@&2>");
  expect(answer.text).not.toMatch(/\u202e|(?<!\\)@everyone|(?<!\\)<@|https:\/\//);
  for (const { pings } of room.platform.allMessages()) {
    expect(pings).toMatchObject({ everyone: false, userIds: [], roleIds: [] });
  }
});

test("no payload prevents the next one from being served", async () => {
  verifies("discord.payloads");
  await using room = await openRoom();
  const { discord } = await room.open();
  const ada = room.platform.person("ada");
  const good = {
    id: "1",
    application_id: "2",
    token: "secret-token",
    channel_id: "3",
    user: { id: ada.id, username: "ada" },
  };
  const wrong: unknown[] = [
    null,
    "text",
    [],
    {},
    { ...good, type: 99 },
    { ...good, type: 2 },
    { ...good, type: 2, data: { name: "image", type: 1, options: [{ name: "prompt", type: 3, value: { a: 1 } }] } },
    { ...good, type: 2, id: "x", data: { name: "image", type: 1 } },
    { ...good, type: 3, data: { custom_id: "t1:form:%zz:x", component_type: 2 }, message: { id: "5" } },
    { ...good, type: 5, data: { custom_id: "t1:fill:../../x:", components: "none" } },
    { ...good, type: 2, channel_id: null, data: { name: "image", type: 1 } },
  ];
  const anything = fc.sample(
    fc.record({ type: fc.integer({ min: 1, max: 6 }), id: fc.string(), data: fc.anything() }),
    200,
  );
  for (const payload of [...wrong, ...anything]) {
    room.platform.gateway.dispatch("INTERACTION_CREATE", JSON.parse(JSON.stringify(payload ?? null)));
    discord.take(payload);
  }
  const asked = await room.ask(ada, "jobs");
  expect(ada.answerTo(asked)?.thinking).toBe(false);
});

test("an unreadable request is answered all the same, to its sender alone and in their language", async () => {
  verifies("discord.payloads", "discord.never-thinking");
  await using room = await openRoom();
  const { discord } = await room.open();
  const known = { application_id: "2", token: "secret-token", locale: "zh-TW", channel_id: "3" };
  const unreadable = [
    { ...known, id: "11", type: 2, data: { name: 7 } },
    { ...known, id: "12", type: 3, data: {}, message: null },
    { ...known, id: "13", type: 99 },
    { ...known, id: "14", type: 2, data: { name: "image", type: 1 } },
  ];
  for (const payload of unreadable) {
    discord.take(payload);
    discord.take(payload);
  }
  // A suggestion accepts only choices, and without a token no answer is possible.
  discord.take({ ...known, id: "15", type: 4, data: {} });
  discord.take({ ...known, id: "16", type: 2, token: undefined });
  await room.calm();
  const answers = room.platform.requestsTo("callback");
  expect([...new Set(answers.map(({ path }) => path))]).toEqual(
    unreadable.map(({ id }) => expect.stringContaining(`/interactions/${id}/`)),
  );
  for (const { body } of answers) {
    expect(body).toMatchObject({ type: 4, data: { flags: MessageFlags.IsComponentsV2 | MessageFlags.Ephemeral } });
    expect(JSON.stringify(body)).toContain("无法识别 Discord 发来的此次操作");
  }
});

test("foreign custom ids and file addresses lead nowhere", async () => {
  verifies("discord.payloads", "safe.private-networks");
  await using room = await openRoom();
  const { discord } = await room.open();
  const ada = room.platform.person("ada");
  const payload = (data: object, extra: object = {}) => ({
    ...{ id: "1456074443980800999", application_id: room.platform.applicationId, token: "secret-token", type: 2 },
    ...{ channel_id: room.platform.channel.id, user: { id: ada.id, username: "ada" }, data, ...extra },
  });
  const inside = {
    id: "7",
    filename: "x.png",
    size: 10,
    url: "http://169.254.169.254/x.png",
    content_type: "image/png",
  };
  discord.take(
    payload({
      ...{
        name: "describe",
        type: 1,
        options: [
          { name: "image", type: 11, value: "7" },
          { name: "question", type: 3, value: "?" },
        ],
      },
      resolved: { attachments: { 7: inside } },
    }),
  );
  await room.calm();
  expect(room.installation.http.downloads).toEqual([]);
  expect(room.installation.store.entries.size).toBe(0);
});

test("a form belongs to its opener alone, whoever sends it", async () => {
  verifies("discord.payloads", "discord.buttons", "safe.owners");
  await using room = await openRoom();
  await room.open();
  const [ada, bob] = [room.platform.person("ada"), room.platform.person("bob")];
  const opened = await room.ask(ada, "image", { size: "512x512" });
  const { custom_id } = opened.modal as { custom_id: string };
  const foreign = await room.ask(bob, "image");
  (foreign.modal as { custom_id: string }).custom_id = custom_id;
  const sent = bob.submitModal(foreign, { prompt: "a fox" });
  await room.calm();
  expect(shownText(bob.answerTo(sent)?.text ?? "")).toMatch(/expired/);
  expect(room.installation.store.entries.size).toBe(0);
});

test("tokens appear in no log, no job and no message", async () => {
  verifies("discord.payloads", "safe.no-secrets");
  await using room = await openRoom();
  const lines: string[] = [];
  const note = (facts: object, message: string) =>
    void lines.push(`${message} ${JSON.stringify(facts)} ${String(Object.values(facts))}`);
  await room.open({ logger: { debug: note, info: note, warn: note, error: note } });
  const ada = room.platform.person("ada");
  room.platform.faults.next("callback", { kind: "drop", when: "after" });
  room.platform.faults.next("edit-original", { kind: "status", status: 500 });
  room.platform.faults.next("edit-original", { kind: "drop", when: "after" });
  const asked = await room.ask(ada, "image", { prompt: "a fox" });
  await room.pass(1_000, 250);
  await room.until(() => everythingSent(room));
  const kept = JSON.stringify([...room.installation.store.entries.values()]);
  const payloads = JSON.stringify(room.platform.allMessages().map(({ payload }) => payload));
  expect(lines.length).toBeGreaterThan(1);
  for (const secret of [asked.token, room.platform.token]) {
    for (const text of [...lines, kept, payloads]) {
      expect(text).not.toContain(secret);
    }
  }
  expect(ada.answerTo(asked)?.files).toHaveLength(1);
});

test("a request whose acknowledgement got no answer is answered once and carried out once", async () => {
  verifies("discord.acknowledged", "paid-once.same-key");
  await using room = await openRoom();
  const { discord } = await room.open();
  const ada = room.platform.person("ada");
  room.platform.faults.next("callback", { kind: "status", status: 502, when: "after" });
  const asked = ada.runCommand("image", { prompt: "a fox" });
  await room.pass(1_000, 250);
  await room.until(() => everythingSent(room));
  expect(ada.answerTo(asked)?.files).toHaveLength(1);
  const event = room.platform.interactions.at(-1);
  discord.take({
    ...event,
    type: 2,
    application_id: room.platform.applicationId,
    channel_id: room.platform.channel.id,
    user: { id: ada.id, username: "ada" },
    data: { name: "image", type: 1, options: [{ name: "prompt", type: 3, value: "a fox" }] },
  });
  await room.pass(5_000);
  expect(room.installation.provider.starts).toHaveLength(1);
});
