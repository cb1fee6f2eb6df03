import type { Caller, Job } from "@toolcast/core";
import { afterEach, describe, expect, test } from "vitest";
import { vendorFailure } from "../doubles/scripted-provider.ts";
import type { ScriptedSend, ScriptedSurfaceOptions } from "../doubles/scripted-surface.ts";
import {
  ada,
  createInstallation,
  type Installation,
  type RunningProcess,
  startJob,
  upload,
} from "../runtime-fixture.ts";
import { verifies } from "../verifies.ts";

let installation: Installation;
afterEach(() => installation[Symbol.asyncDispose]());

const closed: ScriptedSend = { end: "closed", reason: "no such message" };
const notice = (id: string) => installation.job(id).notices[0]!;
const isClosed = ({ notices }: Job) =>
  notices.length > 0 && notices.every(({ state }) => ["sent", "kept", "undeliverable"].includes(state));

interface Sent {
  process: RunningProcess;
  id: string;
}

/** A picture requested in a conversation, with what the platform does when it is sent. */
async function sendPicture(
  sends: ScriptedSend[],
  {
    surface,
    caller,
    acknowledged = true,
    input = {},
  }: {
    surface?: ScriptedSurfaceOptions;
    caller?: Partial<Caller>;
    acknowledged?: boolean;
    input?: Record<string, unknown>;
  } = {},
): Promise<Sent> {
  installation = await createInstallation(surface);
  installation.platform.nextSend(...sends);
  const process = await installation.open({ started: false });
  const { id } = await startJob(process, "image", { prompt: "x", ...input }, { caller: { ...ada, ...caller } });
  if (acknowledged) {
    await process.runtime.acknowledged(id, { message: 1 });
  }
  await process.runtime.start();
  return { process, id };
}

const routes = () => installation.platform.tries.map(({ route }) => route);
const until = ({ id }: Sent, condition: (job: Job) => boolean = isClosed) =>
  installation.until(() => condition(installation.job(id)));

describe("the delivery routes", () => {
  test.each<[ScriptedSend[], string[], string, string]>([
    [["sent"], ["edit"], "sent", "edit"],
    [[closed, "sent"], ["edit", "post"], "sent", "post"],
    [[closed, closed, "sent"], ["edit", "post", "direct"], "sent", "direct"],
    [[closed, closed, closed], ["edit", "post", "direct"], "undeliverable", "kept"],
  ])("takes one route after the other as routes are closed", async (sends, tried, state, route) => {
    verifies("delivered.ladder", "delivered.separate-from-outcome");
    const sent = await sendPicture(sends);
    await until(sent);
    expect(routes()).toEqual(tried);
    expect(notice(sent.id)).toMatchObject({ state, rung: route });
    expect(installation.job(sent.id).state.phase).toBe("succeeded");
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("without a first answer there is nothing to edit: the result is posted", async () => {
    const sent = await sendPicture([], { acknowledged: false });
    await until(sent);
    expect(routes()).toEqual(["post"]);
  });

  test("a private answer is never posted, whatever is closed", async () => {
    verifies("delivered.private-stays-private");
    const sent = await sendPicture([closed, closed], { caller: { private: true } });
    await until(sent);
    expect(routes()).toEqual(["edit", "direct"]);
    expect(notice(sent.id)).toMatchObject({ state: "undeliverable" });
    expect(installation.platform.posted).toEqual([]);
  });

  test("a private answer is kept if there is no private route", async () => {
    verifies("delivered.private-stays-private");
    const sent = await sendPicture([], {
      caller: { private: true },
      surface: { routes: ["post"], privateRoutes: [], answerRoutes: [] },
    });
    await until(sent);
    expect(routes()).toEqual([]);
    expect(notice(sent.id)).toMatchObject({ state: "undeliverable", rung: "kept" });
  });

  test("has the names its surface gives it, and a job's timeline says them in words", async () => {
    verifies("delivered.ladder");
    const surface = {
      routes: ["thread", "inbox"],
      ...{ privateRoutes: ["inbox"], answerRoutes: ["thread"] },
      routeTitles: { inbox: { en: "in the inbox", "zh-CN": "站内信" } },
    };
    const sent = await sendPicture([closed, "sent"], { surface });
    await until(sent);
    expect(routes()).toEqual(["thread", "inbox"]);
    expect(notice(sent.id)).toMatchObject({ state: "sent", rung: "inbox" });
    const story = await sent.process.runtime.jobMessage(installation.job(sent.id), ada, "timeline");
    expect(JSON.stringify(story.fields)).toContain("Delivered (in the inbox)");
  });

  test.each([
    [{ routes: ["post", "post"] }, "two delivery routes named post"],
    [{ routes: ["post", "kept"] }, "a delivery route named kept"],
    [{ routes: ["post"], privateRoutes: ["direct"] }, "no delivery route named direct"],
  ])("whose routes could be confused with one another is refused: %o", async (surface, why) => {
    verifies("delivered.ladder");
    installation = await createInstallation({ privateRoutes: [], answerRoutes: [], ...surface });
    await expect(installation.open()).rejects.toThrow(why);
  });

  test("nothing is sent to people who fetch the result themselves, even if the surface could", async () => {
    const sent = await sendPicture([], { caller: { place: { ...ada.place, pulled: true } } });
    await until(sent);
    expect(routes()).toEqual([]);
    expect(notice(sent.id)).toMatchObject({ state: "kept" });
  });
});

describe("a send that does not end well", () => {
  test("later: the same route is tried again, no sooner than the platform asked", async () => {
    const sent = await sendPicture([{ end: "later", afterMs: 40_000, reason: "rate limited" }]);
    await installation.pass(35_000);
    expect(routes()).toEqual(["edit"]);
    await until(sent);
    expect(routes()).toEqual(["edit", "edit"]);
  });

  test("unknown, and it is there: found, and not sent twice", async () => {
    verifies("delivered.once", "paid-once.delivery-repeats-alone");
    const sent = await sendPicture(["throw-after"], { acknowledged: false });
    await until(sent);
    expect(installation.platform.posted).toHaveLength(1);
    expect(notice(sent.id)).toMatchObject({ state: "sent", receipt: { message: `${sent.id}.1` } });
    expect(installation.provider.starts).toHaveLength(1);
  });

  test("unknown, and it is not there: sent again", async () => {
    const sent = await sendPicture(["throw-before"], { acknowledged: false });
    await until(sent);
    expect(installation.platform.posted).toHaveLength(1);
    expect(routes()).toEqual(["post", "post"]);
  });

  test("unknown where nothing can be looked up: sent again, at least once", async () => {
    verifies("delivered.at-least-once");
    const sent = await sendPicture(["throw-after"], { acknowledged: false, surface: { finds: false } });
    await until(sent);
    expect(installation.platform.read(`${sent.id}.1`)).toHaveLength(2);
  });

  test("unknown, then not now: the doubt remains and is resolved by looking", async () => {
    verifies("delivered.once");
    const sent = await sendPicture(["throw-after", { end: "later", afterMs: 1_000, reason: "busy" }], {
      acknowledged: false,
    });
    const { find } = installation.platform.surface;
    let looks = 0;
    installation.platform.surface.find = async (delivery) => {
      looks += 1;
      return looks === 1 ? null : find!(delivery);
    };
    await until(sent);
    expect(installation.platform.posted).toHaveLength(1);
  });

  test("a failed look does not prove that nothing is there", async () => {
    verifies("delivered.once");
    const sent = await sendPicture(["throw-after"], { acknowledged: false });
    installation.platform.failingLooks = 3;
    await until(sent);
    expect(installation.platform.posted).toHaveLength(1);
  });

  const hoursMs = 60 * 60_000;
  const untilShown = (sent: Sent) => installation.until(() => isClosed(installation.job(sent.id)), 5 * hoursMs);

  test("a platform that answers nothing for hours is asked on each route in turn, and in the end the result is kept", async () => {
    verifies("delivered.ladder");
    const sent = await sendPicture(
      Array.from({ length: 40 }, () => "throw-before" as const),
      { acknowledged: false },
    );
    const begun = installation.clock.now();
    await untilShown(sent);
    const turn = (route: string) => Array.from({ length: 6 }, () => route);
    expect(routes()).toEqual([...turn("post"), ...turn("direct"), ...turn("post"), ...turn("direct")]);
    expect(notice(sent.id).state).toBe("undeliverable");
    expect(installation.clock.now() - begun).toBeGreaterThan(2 * hoursMs);
  });

  test("a result outlasts its platform's outage, also where the last route turns out to be closed", async () => {
    verifies("delivered.ladder");
    const outage = Array.from({ length: 12 }, () => "throw-before" as const);
    const sent = await sendPicture([...outage, closed, "throw-before", "sent"]);
    await untilShown(sent);
    expect(routes().slice(11)).toEqual(["post", "direct", "edit", "edit"]);
    expect(notice(sent.id)).toMatchObject({ state: "sent", rung: "edit" });
  });
});

describe("a place with its own limits", () => {
  const limits = { mediaPerMessage: 10, mediaBytes: 10, textCharacters: 2_000, updateIntervalMs: 5_000 };

  test("gets a smaller encode of a picture and the original's address", async () => {
    verifies("delivered.too-large");
    installation = await createInstallation();
    installation.platform.surface.limitsAt = ({ conversation }) =>
      conversation === "small" ? limits : installation.platform.surface.limits;
    const process = await installation.open();
    const caller = { ...ada, place: { ...ada.place, conversation: "small" } };
    const small = await startJob(process, "image", { prompt: "x" }, { caller });
    const usual = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => [small, usual].every(({ id }) => isClosed(installation.job(id))));
    const shown = ({ id }: Job) => installation.platform.read(`${id}.1`)[0]?.message.media;
    expect(shown(small)).toMatchObject([
      { encode: { maxBytes: 10 }, link: { url: expect.stringMatching(/^https:\/\/toolcast.example\/links\//) } },
    ]);
    expect(shown(usual)?.[0]).not.toHaveProperty("link");
  });
});

test("a result is offered as the input of every tool that takes its kind, and of no other", async () => {
  installation = await createInstallation();
  const process = await installation.open();
  const { id } = await startJob(process, "image", { prompt: "x" });
  await installation.until(() => isClosed(installation.job(id)));
  const { actions = [] } = await process.runtime.jobMessage(installation.job(id), ada);
  const uses = actions.flatMap(({ form, label }) => (label.startsWith("Use") ? [form] : []));
  const [assetId] = installation.job(id).steps.flatMap(({ assets }) => assets);
  expect(uses.map((form) => [form?.command, form?.input])).toEqual([
    ["image", { image: assetId }],
    ["describe", { image: assetId }],
    ["video", { image: assetId }],
    ["avatar", { image: assetId }],
  ]);
});

describe("parts", () => {
  test("more pictures than one message can hold come in parts, each exactly once", async () => {
    verifies("delivered.parts");
    const sent = await sendPicture(["sent", "throw-after", "sent"], {
      acknowledged: false,
      surface: { limits: { mediaPerMessage: 1 } },
      input: { count: 3 },
    });
    await until(sent, (job) => isClosed(job) && job.notices.length === 3);
    const shown = installation.platform.posted.map(({ message }) => message.media!.map(({ assetId }) => assetId));
    expect(shown.toSorted()).toEqual(
      installation
        .job(sent.id)
        .steps.map(({ assets }) => assets)
        .toSorted(),
    );
    expect(new Set(installation.platform.posted.map(({ delivery }) => delivery.id)).size).toBe(3);
  });

  test("a surface that claims to take no media at all gets them one by one", async () => {
    const sent = await sendPicture([], { surface: { limits: { mediaPerMessage: 0 } }, input: { count: 2 } });
    await until(sent, (job) => isClosed(job) && job.notices.length === 2);
  });
});

describe("progress", () => {
  async function slowVideo(): Promise<Sent> {
    installation = await createInstallation();
    installation.provider.nextCheck(
      ...Array.from({ length: 20 }, () => ({ state: "pending" as const, checkAfterMs: 1_000 })),
    );
    const process = await installation.open({ started: false });
    const video = await upload(process, "avc.mp4");
    const { id } = await startJob(process, "avatar", { video: video.id, text: "大家好" });
    await process.runtime.acknowledged(id, { message: 1 });
    return { process, id };
  }

  test("is shown no more often than the surface allows, and never as done", async () => {
    verifies("understood.estimate", "delivered.progress-at-most-once");
    const sent = await slowVideo();
    const at: number[] = [];
    const { update } = installation.platform.surface;
    installation.platform.surface.update = async (delivery) => {
      at.push(installation.clock.now());
      await update!(delivery);
    };
    await sent.process.runtime.start();
    await until(sent);
    expect(at.length).toBeGreaterThan(2);
    expect(at.slice(1).every((time, index) => time - at[index]! >= 5_000)).toBe(true);
    for (const { message } of installation.platform.updates) {
      expect(message.progress?.fraction ?? 0).toBeLessThan(1);
      expect(message.tone).toBe("progress");
    }
  });

  test("that cannot be shown is dropped, and the result arrives all the same", async () => {
    verifies("delivered.progress-at-most-once");
    const sent = await slowVideo();
    installation.platform.failingUpdates = true;
    await sent.process.runtime.start();
    await until(sent);
    expect(installation.job(sent.id).notices).toMatchObject([{ state: "sent" }]);
  });

  test("that hangs does not hold up the start it reports", async () => {
    const sent = await slowVideo();
    installation.platform.surface.update = () => new Promise(() => {});
    await sent.process.runtime.start();
    await until(sent);
    expect(installation.provider.starts).toHaveLength(1);
  });
});

describe("several processes", () => {
  test("a process without the surface advances the job and hands its delivery to one that has it", async () => {
    verifies("delivered.other-process");
    installation = await createInstallation();
    const without = await installation.open({ attached: false });
    const { id } = await startJob(without, "image", { prompt: "x" });
    await installation.until(() => installation.job(id).state.phase === "succeeded");
    await installation.pass(60_000);
    expect(installation.platform.tries).toEqual([]);
    await installation.open();
    await installation.until(() => isClosed(installation.job(id)));
    expect(installation.platform.posted).toHaveLength(1);
  });
});

describe("an outdated question", () => {
  test("is not sent as a second result", async () => {
    verifies("delivered.once");
    installation = await createInstallation();
    installation.provider.nextStart("image", { end: "unknown", failure: vendorFailure({ kind: "unknown" }) });
    installation.platform.nextSend({ end: "later", afterMs: 600_000, reason: "busy" });
    const process = await installation.open();
    const { id } = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => installation.platform.tries.length === 1);
    await process.runtime.press({ action: "start-again", subject: id, caller: ada });
    await installation.until(() => isClosed(installation.job(id)));
    await installation.pass(20 * 60_000);
    expect(installation.platform.posted.map(({ message }) => message.tone)).toEqual(["success"]);
    expect(installation.job(id).notices.map(({ about, state }) => [about, state])).toEqual([
      ["unresolved", "kept"],
      ["outcome", "sent"],
    ]);
  });

  test("a press that arrives while the question is still being sent is not lost", async () => {
    verifies("paid-once.one-press");
    installation = await createInstallation();
    installation.provider.nextStart("image", { end: "unknown", failure: vendorFailure({ kind: "unknown" }) });
    const process = await installation.open();
    const { deliver } = installation.platform.surface;
    installation.platform.surface.deliver = async (route, delivery) => {
      const end = await deliver(route, delivery);
      if (installation.platform.posted.length === 1) {
        await process.runtime.press({ action: "start-again", subject: delivery.message.jobId!, caller: ada });
      }
      return end;
    };
    const { id } = await startJob(process, "image", { prompt: "x" });
    await installation.until(() => installation.job(id).state.phase === "succeeded", 5 * 60_000);
    expect(installation.provider.starts).toHaveLength(2);
  });
});
