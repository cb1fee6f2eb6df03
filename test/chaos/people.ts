import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Job } from "@toolcast/core";
import type { Clock, JobEngine } from "@toolcast/core/engine";
import { decisionAbout } from "@toolcast/core/surface";
import { samples } from "@toolcast/sandbox";
import type { AppReply, CallBody, PressBody } from "./app-answer.ts";
import { operator } from "./app-answer.ts";
import type { Asked } from "./asked.ts";
import type { Chance } from "./chance.ts";
import { createChatPeople } from "./chat-people.ts";
import type { ChatPlatform } from "./chat-platform.ts";
import { after, type Crew } from "./crew.ts";
import { linkTo } from "./linked-files.ts";
import { isClone, voiceKey, type Wish } from "./load.ts";
import { picture } from "./picture.ts";
import { recording } from "./recording.ts";
import { wishKeyOf } from "./wish-jobs.ts";

export interface People {
  asked: Asked[];
  /** False while the wish still waits for a voice of its person. */
  canAsk(wish: Wish): boolean;
  /** Sends the wish to any living app, with the same key, until one answers. */
  ask(wish: Wish): Promise<void>;
  /** Answers what people were asked: says yes to consent, and decides what is unclear. */
  look(): Promise<void>;
  /** How often each action was pressed. */
  presses: Map<string, number>;
  /** How many wishes became a job, or will: what a platform says it missed does not count. */
  accepted(): number;
  /** How many became a job on the platform that has the fewest. */
  fewestOnPlatform(): number;
  /** How the operator's questions about the accounts ended: answered, or refused because a vendor was unavailable. */
  reads: Map<string, number>;
}

const answerWithinMs = 8_000;
/** Only guards against hanging: on a busy machine an app may take half a minute to come up. */
const tries = 6_000;
const againMs = [50, 250] as const;
/** A paused process writes an earlier time than the last look's, so every so often all jobs are looked at. */
const wholeLookEvery = 20;
/** What an operator asks in between. */
const reads = ["bills", "balance", "jobs", "voices"];
const overlapMs = 3_000;
/** How often a person starts one job again. */
const mostRestarts = 3;

export function createPeople(options: {
  crew: Pick<Crew, "anyone">;
  platforms: readonly ChatPlatform[];
  engine: JobEngine;
  clock: Clock;
  chance: Chance;
}): People {
  const { crew, platforms, engine, clock, chance } = options;
  const asked: Asked[] = [];
  const presses = new Map<string, number>();
  const readEnds = new Map<string, number>();
  const videos = new Map<string, string>();
  const pictures = new Map<string, string>();
  const voices = new Map<string, string[]>();
  const decided = new Set<string>();
  const chats = createChatPeople({ platforms, engine, asked, presses });
  let looks = 0;
  let lookedAt = 0;

  async function tell<Answer>(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Answer> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      try {
        const app = crew.anyone();
        if (app !== null) {
          const signal = AbortSignal.timeout(answerWithinMs);
          const answer = await fetch(`${app.url}${path}`, { method: "POST", body, signal });
          if (answer.ok) return (await answer.json()) as Answer;
        }
      } catch {
        // Killed, paused or draining: try another app, or the same one later.
      }
      await after(chance.between(...againMs));
    }
    throw new Error(`no app answered ${path}`);
  }

  async function upload(person: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    return (await tell<{ id: string }>(`/uploads?person=${person}`, bytes)).id;
  }

  async function videoOf(person: string): Promise<string> {
    const known = videos.get(person) ?? (await upload(person, new Uint8Array(readFileSync(samples.video))));
    videos.set(person, known);
    return known;
  }

  /** One picture per person: questions about it form a follow-up conversation. */
  async function pictureOf(person: string): Promise<string> {
    const known = pictures.get(person) ?? (await upload(person, picture(numberOf(person))));
    pictures.set(person, known);
    return known;
  }

  async function completed(one: Asked): Promise<Record<string, unknown>> {
    const { kind, person, key, input, asksConsent } = one.wish;
    const record = () => {
      const bytes = recording(Number(key.slice(1)));
      one.sample = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
      return upload(person, bytes);
    };
    switch (kind) {
      case "image":
      case "sound":
      case "dash-image":
      case "dash-video":
      case "ask":
      case "dash-ask":
      case "open-ask":
      case "keyed-ask":
        return input;
      case "dash-edit":
      case "dash-film":
        return { ...input, image: await pictureOf(person) };
      case "speak":
      case "dash-speak":
        return { ...input, voice: voiceOf(one.wish) };
      case "video-text":
        return { ...input, video: await videoOf(person) };
      case "own-voice":
      case "dash-own-voice":
        return { ...input, video: await videoOf(person), voice: voiceOf(one.wish) };
      case "video-audio":
      case "dash-lips":
        return { ...input, video: await videoOf(person), audio: await record() };
      case "portrait":
        return { ...input, image: await pictureOf(person), audio: await record() };
      case "describe": {
        const { link } = one.wish;
        const image = link === undefined ? await pictureOf(person) : linkTo(numberOf(person), link === "gone");
        return { ...input, image };
      }
      case "clone":
      case "dash-clone":
        return { ...input, audio: await record(), ...(asksConsent ? {} : { consent: true }) };
    }
  }

  function voiceOf(wish: Wish): string {
    return chance.pick(voices.get(voiceKey(wish)) ?? []);
  }

  async function press(job: Job, wish: Wish, action: string): Promise<void> {
    if (wish.platform !== undefined && job.state.phase !== "held") {
      chats.wantPress(job, wish, action);
      return;
    }
    const subject = action === "cancel" ? job.id : decisionAbout(job);
    // Only an operator can let a job past a daily limit, or try again what was set aside.
    const isForOperators = job.state.phase === "held" && ["budget", "set-aside"].includes(job.state.hold.reason);
    const body: PressBody = { action, subject, person: isForOperators ? operator : String(job.caller.name) };
    await tell("/presses", JSON.stringify(body));
    presses.set(action, (presses.get(action) ?? 0) + 1);
  }

  /** Separate lists: otherwise many succeeded jobs could push those that wait for a person off the page. */
  async function changedJobs(changedSince: number): Promise<Job[]> {
    const pages = [["held"], ["unresolved"], ["succeeded"]] as const;
    const lists = await Promise.all(pages.map((phases) => engine.list({ phases, changedSince, limit: 1_000 })));
    return lists.flat();
  }

  async function read(): Promise<void> {
    const tool = chance.pick(reads);
    const body: CallBody = { tool, input: {}, key: `read-${looks}`, person: operator };
    const { type } = await tell<AppReply>("/calls", JSON.stringify(body));
    const end = `${tool} ${type}`;
    readEnds.set(end, (readEnds.get(end) ?? 0) + 1);
  }

  async function decide(job: Job, wish: Wish): Promise<void> {
    const restarts = job.timeline.filter(({ event }) => event === "started-again").length;
    const step = job.steps.find(({ state }) => state === "unknown");
    const canLook = step?.reference !== undefined || step?.produced !== undefined;
    if (wish.markers.some(({ effect }) => effect === "endless")) {
      // It runs to its full limit each time: one more look, and no further start.
      const hasLooked = job.timeline.some(({ event }) => event === "looked-again");
      if (canLook && !hasLooked) await press(job, wish, "look-again");
      return;
    }
    const choice = wish.isFirstVoice
      ? "start-again"
      : chance.weighted([
          [45, "start-again"],
          [15, "leave"],
          [canLook ? 20 : 0, "look-again"],
          [25, "nothing"],
        ] as const);
    if (choice !== "nothing" && (choice !== "start-again" || wish.isFirstVoice || restarts < mostRestarts)) {
      await press(job, wish, choice);
    }
  }

  return {
    asked,
    presses,
    reads: readEnds,
    fewestOnPlatform() {
      const counts = platforms.map(
        ({ id }) => asked.filter(({ wish, jobId }) => wish.platform === id && jobId !== undefined).length,
      );
      return Math.min(...counts);
    },
    accepted: () => asked.filter(({ act, jobId }) => act === undefined || jobId !== undefined).length,
    canAsk: (wish) => chats.canAsk(wish) && (!/(?:speak|own-voice)$/.test(wish.kind) || voices.has(voiceKey(wish))),

    async ask(wish) {
      const one: Asked = { wish };
      asked.push(one);
      if (wish.platform !== undefined) return chats.ask(one);
      const { tool, key, person, cancelAfterMs } = wish;
      const body: CallBody = { tool, key, person, input: await completed(one) };
      const reply = await tell<AppReply>("/calls", JSON.stringify(body));
      if (reply.type !== "job") {
        one.refused = reply.type === "refused" ? reply.sentence : "it was answered and not stored";
        return;
      }
      one.jobId = reply.id;
      if (cancelAfterMs !== undefined) {
        await after(cancelAfterMs);
        const job = await engine.read(reply.id);
        if (job !== null) await press(job, wish, "cancel");
      }
    },

    async look() {
      const wishes = new Map(asked.map(({ wish }) => [wish.key, wish]));
      looks += 1;
      const since = looks % wholeLookEvery === 0 ? 0 : lookedAt - overlapMs;
      if (since === 0) await read();
      lookedAt = clock.now();
      await chats.look(since);
      for (const job of await changedJobs(since)) {
        const wish = wishes.get(wishKeyOf(job) ?? "");
        if (wish === undefined) continue;
        if (job.state.phase === "succeeded") {
          if (isClone(wish.kind) && !decided.has(job.id)) {
            decided.add(job.id);
            voices.set(voiceKey(wish), [...(voices.get(voiceKey(wish)) ?? []), `voice ${wish.key}`]);
          }
          continue;
        }
        const question = decisionAbout(job);
        if (!decided.has(question)) {
          decided.add(question);
          await (job.state.phase === "held" ? press(job, wish, "release") : decide(job, wish));
        }
      }
    },
  };
}

function numberOf(person: string): number {
  return Number(person.slice("person".length));
}
