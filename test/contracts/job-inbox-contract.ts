import { type InboxEvent, maxInboxBytes, maxInboxCredentialsBytes, maxInboxParts } from "@toolcast/core/engine";
import { expect, test } from "vitest";
import { sampleJob } from "../sample-job.ts";
import { verifies } from "../verifies.ts";
import { leaseMs, type OpenEngine, withEngine } from "./engine-fixture.ts";

const dayMs = 24 * 60 * 60_000;

/** Part three: a platform's event is taken once, by one process. */
export function inboxContract(open: OpenEngine): void {
  const event = (id: string, now: number, more: Partial<InboxEvent> = {}): InboxEvent => ({
    id,
    surface: "discord",
    content: { text: id },
    keepUntil: now + dayMs,
    ...more,
  });

  test(
    "an event is taken once, whichever process receives it and however often",
    withEngine(open, async ({ engine, another, clock }) => {
      verifies("survives.inbox");
      const other = await another();
      const tries = await Promise.all(
        [engine, other, engine, other].map(({ inbox }) => inbox.take(event("discord:1", clock.now()))),
      );
      expect(tries.filter(({ taken }) => taken)).toHaveLength(1);
      for (const { entry } of tries) {
        expect(entry).toMatchObject({ id: "discord:1", state: "open", content: { text: "discord:1" }, parts: [] });
      }
      await clock.advance(dayMs - 1);
      expect((await other.inbox.take(event("discord:1", clock.now()))).taken).toBe(false);
    }),
  );

  test(
    "an unreadable event is recognised when it comes again, and is open to nobody",
    withEngine(open, async ({ engine, clock }) => {
      verifies("survives.inbox");
      const { entry } = await engine.inbox.take(event("discord:1", clock.now(), { state: "refused" }));
      expect(entry.state).toBe("refused");
      expect((await engine.inbox.take(event("discord:1", clock.now()))).taken).toBe(false);
      expect(await engine.inbox.open("discord")).toEqual([]);
      expect(await engine.inbox.claim("discord:1")).toBe(false);
    }),
  );

  test(
    "an entry can be changed only in the version that was read",
    withEngine(open, async ({ engine, another, clock }) => {
      const { entry } = await engine.inbox.take(event("discord:1", clock.now()));
      const changed = await engine.inbox.change({ ...entry, content: { shown: true } });
      expect(changed).toMatchObject({ content: { shown: true }, state: "open" });
      expect(await (await another()).inbox.change({ ...entry, state: "done" })).toBeNull();
      expect(await engine.inbox.read("discord:1")).toEqual(changed);
      expect(await engine.inbox.change({ ...entry, id: "discord:2" })).toBeNull();
    }),
  );

  test(
    "a further event joins an open entry in order, counts as taken, and makes a change to an older version a conflict",
    withEngine(open, async ({ engine, another, clock }) => {
      const { inbox } = engine;
      const { entry } = await inbox.take(event("telegram:1", clock.now(), { surface: "telegram" }));
      expect(await inbox.fill("telegram:1", { id: "telegram:2", content: 2 })).toBe("joined");
      expect(await (await another()).inbox.fill("telegram:1", { id: "telegram:3", content: 3 })).toBe("joined");
      expect(await inbox.fill("telegram:1", { id: "telegram:2", content: 2 })).toBe("repeated");
      expect((await inbox.take(event("telegram:3", clock.now()))).taken).toBe(false);
      expect(await inbox.change({ ...entry, state: "done" })).toBeNull();
      const whole = await inbox.read("telegram:1");
      expect(whole?.parts).toEqual([
        { id: "telegram:2", content: 2 },
        { id: "telegram:3", content: 3 },
      ]);
      expect(await inbox.change({ ...whole!, state: "done" })).not.toBeNull();
      expect(await inbox.fill("telegram:1", { id: "telegram:4", content: 4 })).toBe("closed");
      expect((await inbox.take(event("telegram:4", clock.now()))).taken).toBe(true);
      expect(await inbox.read("telegram:2")).toBeNull();
      expect((await inbox.open("telegram")).map(({ id }) => id)).toEqual([]);
    }),
  );

  test(
    "credentials are readable until they expire, and never after",
    withEngine(open, async ({ engine, another, clock }) => {
      verifies("survives.inbox");
      const credentials = { value: { token: "secret" }, expiresAt: clock.now() + 900_000 };
      await engine.inbox.take(event("discord:1", clock.now(), { credentials }));
      await clock.advance(899_999);
      expect((await (await another()).inbox.read("discord:1"))?.credentials).toEqual(credentials);
      await clock.advance(1);
      expect(await engine.inbox.read("discord:1")).not.toHaveProperty("credentials");
      expect(await engine.inbox.purge(10)).toBe(1);
      expect(await engine.inbox.purge(10)).toBe(0);
      expect(await engine.inbox.read("discord:1")).toMatchObject({ state: "open" });
    }),
  );

  test(
    "credentials of a surface can be erased at once, and nobody who read them before writes them back",
    withEngine(open, async ({ engine, another, clock }) => {
      verifies("survives.inbox");
      const { inbox } = engine;
      const credentials = { value: { token: "secret" }, expiresAt: clock.now() + 900_000 };
      const { entry } = await inbox.take(event("discord:1", clock.now(), { credentials }));
      await inbox.take(event("discord:2", clock.now(), { credentials, state: "done" }));
      await inbox.take(event("slack:1", clock.now(), { credentials, surface: "slack" }));
      await (await another()).inbox.revoke("discord");
      for (const id of ["discord:1", "discord:2"]) {
        expect(await inbox.read(id)).not.toHaveProperty("credentials");
      }
      expect(await inbox.change({ ...entry, state: "done" })).toBeNull();
      expect((await inbox.read("slack:1"))?.credentials).toEqual(credentials);
    }),
  );

  test(
    "an open entry belongs to one process until its lease ends or is released",
    withEngine(open, async ({ engine, another, clock }) => {
      verifies("survives.inbox");
      const other = await another();
      await engine.inbox.take(event("discord:1", clock.now()));
      expect(await other.inbox.claim("discord:1")).toBe(false);
      await clock.advance(leaseMs - 1);
      expect(await engine.inbox.claim("discord:1")).toBe(true);
      await clock.advance(leaseMs - 1);
      expect(await other.inbox.claim("discord:1")).toBe(false);
      await other.inbox.release("discord:1");
      expect(await other.inbox.claim("discord:1")).toBe(false);
      await engine.inbox.release("discord:1");
      expect(await other.inbox.claim("discord:1")).toBe(true);
      await clock.advance(leaseMs);
      expect(await engine.inbox.claim("discord:1")).toBe(true);
    }),
  );

  test(
    "open entries are listed by surface, oldest first, page by page",
    withEngine(open, async ({ engine, clock }) => {
      const ids = ["discord:9", "discord:1", "discord:5"];
      for (const id of ids) {
        await engine.inbox.take(event(id, clock.now()));
      }
      await engine.inbox.take(event("slack:1", clock.now(), { surface: "slack" }));
      const [first] = await engine.inbox.open("discord", { limit: 1 });
      expect(first?.id).toBe(ids[0]);
      expect((await engine.inbox.open("discord", { after: ids[0]! })).map(({ id }) => id)).toEqual(ids.slice(1));
    }),
  );

  test(
    "entries that nobody holds can be listed separately: released, or with an expired lease",
    withEngine(open, async ({ engine, another, clock }) => {
      const { inbox } = engine;
      for (const id of ["discord:1", "discord:2", "discord:3"]) {
        await inbox.take(event(id, clock.now()));
      }
      const free = async () => (await (await another()).inbox.open("discord", { free: true })).map(({ id }) => id);
      expect(await free()).toEqual([]);
      await inbox.release("discord:2");
      expect(await free()).toEqual(["discord:2"]);
      await clock.advance(leaseMs);
      await inbox.claim("discord:1");
      expect(await free()).toEqual(["discord:2", "discord:3"]);
      expect(await inbox.open("discord", { free: true, after: "discord:2" })).toMatchObject([{ id: "discord:3" }]);
      expect(await inbox.open("discord")).toHaveLength(3);
    }),
  );

  test(
    "expired entries are purged a few at a time",
    withEngine(open, async ({ engine, clock }) => {
      for (const id of ["discord:1", "discord:2", "discord:3"]) {
        await engine.inbox.take(event(id, clock.now(), { keepUntil: clock.now() + 1_000 }));
      }
      await engine.inbox.take(event("discord:4", clock.now()));
      await clock.advance(1_000);
      expect(await engine.inbox.purge(2)).toBe(2);
      expect(await engine.inbox.purge(2)).toBe(1);
      expect((await engine.inbox.open("discord")).map(({ id }) => id)).toEqual(["discord:4"]);
    }),
  );

  test(
    "what is still open outlives a clock that was set forward, however many events come",
    withEngine(open, async ({ engine, clock }) => {
      verifies("survives.inbox", "survives.clock");
      await engine.inbox.take(event("discord:first", clock.now(), { keepUntil: clock.now() + 1_000 }));
      clock.step(2 * 24 * 60 * 60_000);
      for (let index = 0; index < 40; index += 1) {
        await engine.inbox.take(event(`discord:${index}`, clock.now()));
      }
      expect((await engine.inbox.open("discord")).map(({ id }) => id)).toContain("discord:first");
    }),
  );

  test(
    "content that is too large is refused whole",
    withEngine(open, async ({ engine, clock }) => {
      const content = "日".repeat(maxInboxBytes / 3);
      await expect(engine.inbox.take(event("discord:1", clock.now(), { content }))).rejects.toThrow(RangeError);
      expect(await engine.inbox.read("discord:1")).toBeNull();
      expect((await engine.inbox.take(event("discord:1", clock.now(), { content: content.slice(1) }))).taken).toBe(
        true,
      );
    }),
  );

  test(
    "credentials that are too large are refused whole, by a change too",
    withEngine(open, async ({ engine: { inbox }, clock }) => {
      verifies("survives.inbox");
      const expiresAt = clock.now() + 1_000;
      const large = { value: "日".repeat(Math.ceil(maxInboxCredentialsBytes / 3)), expiresAt };
      const credentials = { value: large.value.slice(1), expiresAt };
      await expect(inbox.take(event("discord:1", clock.now(), { credentials: large }))).rejects.toThrow(RangeError);
      expect(await inbox.read("discord:1")).toBeNull();
      const { entry } = await inbox.take(event("discord:1", clock.now(), { credentials }));
      expect(entry.credentials).toEqual(credentials);
      await expect(inbox.change({ ...entry, credentials: large })).rejects.toThrow(RangeError);
      expect(await inbox.read("discord:1")).toEqual(entry);
    }),
  );

  test(
    "an entry has a largest number of parts: a further event is one of its own",
    withEngine(open, async ({ engine: { inbox }, clock }) => {
      verifies("survives.inbox");
      await inbox.take(event("telegram:0", clock.now()));
      for (let part = 1; part <= maxInboxParts; part += 1) {
        expect(await inbox.fill("telegram:0", { id: `telegram:${part}`, content: part })).toBe("joined");
      }
      expect(await inbox.fill("telegram:0", { id: "telegram:more", content: 0 })).toBe("closed");
      expect(await inbox.fill("telegram:0", { id: "telegram:1", content: 1 })).toBe("repeated");
      expect((await inbox.read("telegram:0"))?.parts).toHaveLength(maxInboxParts);
      expect((await inbox.take(event("telegram:more", clock.now()))).taken).toBe(true);
    }),
  );

  test(
    "a new job and the entry it came from are written in one commit, even if the job exists already",
    withEngine(open, async ({ engine, another, clock }) => {
      verifies("survives.inbox");
      await engine.inbox.take(event("discord:1", clock.now()));
      await engine.create(sampleJob("job_a", { key: "event-1" }), { wakeAt: null, inbox: "discord:1" });
      expect(await (await another()).inbox.read("discord:1")).toMatchObject({ job: "job_a", state: "open" });
      await engine.inbox.take(event("discord:2", clock.now()));
      await engine.create(sampleJob("job_b", { key: "event-1" }), { wakeAt: null, inbox: "discord:2" });
      expect((await engine.inbox.read("discord:2"))?.job).toBe("job_a");
      await expect(engine.create(sampleJob("job_a"), { wakeAt: null, inbox: "discord:1" })).rejects.toThrow();
      expect((await engine.inbox.read("discord:1"))?.job).toBe("job_a");
    }),
  );
}
