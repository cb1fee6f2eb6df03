import type { Chance } from "./chance.ts";
import { type PlatformId, platformIds } from "./platform-id.ts";

/**
 * How a marker makes a start end, so which ends of a job it explains. `partial`: one of several pictures is missing.
 */
export type Effect = "none" | "partial" | "refused" | "failed" | "unknown" | "endless";

export interface Marker {
  text: string;
  effect: Effect;
}

/** The kind of request; DashScope does those that begin with `dash`, because the person names it. */
export type Kind =
  | "image"
  | "speak"
  | "video-text"
  | "video-audio"
  | "own-voice"
  | "sound"
  | "clone"
  | "describe"
  | "ask"
  | "dash-ask"
  | "open-ask"
  | "keyed-ask"
  | "portrait"
  | "dash-image"
  | "dash-edit"
  | "dash-video"
  | "dash-film"
  | "dash-speak"
  | "dash-lips"
  | "dash-own-voice"
  | "dash-clone";

/** One request from one person, generated from the seed. */
export interface Wish {
  /** Part of every text sent to the vendor: the ledger's text then identifies whose start it was. */
  key: string;
  kind: Kind;
  person: string;
  tool: string;
  /** Without media and voices, which are known only once they exist. */
  input: Record<string, unknown>;
  markers: Marker[];
  /** Gives no consent up front and is therefore asked for it, like a person who did not tick the box. */
  asksConsent: boolean;
  /** Its picture is a link, either to a file or to nothing. */
  link?: "here" | "gone";
  /** When the person asks to cancel it, in real milliseconds. */
  cancelAfterMs?: number;
  /** The person's first voice at its provider, which their other wishes wait for. */
  isFirstVoice: boolean;
  /** Where its person types it as a command. Default: the room. */
  platform?: PlatformId;
}

const none: Marker = { text: "", effect: "none" };
const unknownToBoth = ["hang", "giant", "malformed", "reset", "http 500", "http 503 once", "no-payload"];
const unknownLong = [...unknownToBoth, "drop-after-accept", "drop-before-accept", "drop-after-accept once"];
const callbacks = ["callback late", "callback twice", "callback forged", "callback lost", "callback early"];

const marker = (effect: Effect) => (words: string) => ({ text: `[[${words}]]`, effect });
const sparkMarkers = {
  none: ["slow 2s", "slow 20s", "11202 once", "11203 once", "http 429 once"].map(marker("none")),
  refused: ["10013", "10014", "10021", "10022"].map(marker("refused")),
  unknown: unknownLong.map(marker("unknown")),
};
const xjcMarkers = {
  none: ["slow 2s", "slow 9s", "20007 once", "20008 once", "10003 once", "http 429 once", ...callbacks].map(
    marker("none"),
  ),
  refused: ["20005"].map(marker("refused")),
  failed: ["fail: no face"].map(marker("failed")),
  unknown: unknownLong.map(marker("unknown")),
};
/** A title has room for only a few characters besides the key. */
const titleMarkers = {
  none: ["slow 2s", "20007 once"].map(marker("none")),
  refused: ["20005"].map(marker("refused")),
  failed: ["fail: x"].map(marker("failed")),
  unknown: ["hang", "giant", "malformed", "reset", "http 500"].map(marker("unknown")),
};
const understandingMarkers = {
  none: ["slow 2s", "slow 9s"].map(marker("none")),
  refused: ["10013", "10003"].map(marker("refused")),
  unknown: ["hang", "giant", "malformed", "reset", "drop-after-accept"].map(marker("unknown")),
};
const dashMarkers = {
  none: ["slow 2s", "slow 9s", "Throttling.RateQuota once", "Throttling.AllocationQuota once", "http 429 once"].map(
    marker("none"),
  ),
  refused: ["DataInspectionFailed", "Arrearage", "InvalidApiKey"].map(marker("refused")),
  unknown: unknownLong.filter((words) => words !== "http 503 once").map(marker("unknown")),
};
const openMarkers = {
  none: ["slow 2s", "slow 9s", "rate_limit_exceeded once", "http 429 once"].map(marker("none")),
  refused: ["content_filter", "insufficient_quota", "invalid_api_key"].map(marker("refused")),
  unknown: ["hang", "giant", "malformed", "reset", "drop-after-accept"].map(marker("unknown")),
};
const taskFailures = ["fail: too dark"].map(marker("failed"));
const partial = { text: "[[partial]]", effect: "partial" } as const;
const endlessMarkers = ["stuck", "expired-url"].map(marker("endless"));

/** Takes longer to speak than the five seconds needed to drive a video. */
const words = "The quick brown fox jumps over the lazy dog and thinks about what the vendor will charge for it today.";
/** One wish in this many never ends: at any time there are some, but few that occupy a place. */
const wishesPerEndless = 150;
/** What a command can ask for in one line of text. */
const typedKinds: ReadonlySet<Kind> = new Set(["image", "ask", "dash-ask", "open-ask", "keyed-ask", "dash-image"]);
/** How many of these are typed on a chat platform, in percent: a third of all wishes. */
const typedPercent = 70;
const sizes = ["512x512", "640x360", "512x680"];

export interface LoadOptions {
  chance: Chance;
  people: number;
  /** How many of them have a voice at DashScope too. */
  dashPeople: number;
  /** Whether some jobs may run until the limit for their kind. */
  allowsEndless: boolean;
}

/** Generates wishes without end; the first ones give each person a voice. */
export function createLoad({ chance, people, dashPeople, allowsEndless }: LoadOptions): () => Wish {
  let made = 0;
  let endless = 0;
  let typed = 0;

  function markerFrom(table: typeof sparkMarkers & { failed?: Marker[] }): Marker {
    const { none: harmless, refused, failed = [], unknown } = table;
    return chance.weighted([
      [62, none],
      [20, chance.pick(harmless)],
      [8, chance.pick([...refused, ...failed])],
      [10, chance.pick(unknown)],
    ]);
  }

  function details(key: string, kind: Kind): Pick<Wish, "tool" | "input" | "markers"> {
    const provider = "dashscope";
    switch (kind) {
      case "dash-image": {
        const count = chance.pick([1, 1, 2, 3, 4, 4]);
        const isPartial = count > 1 && chance.percent(15);
        const chosen = isPartial ? partial : markerFrom({ ...dashMarkers, failed: taskFailures });
        const prompt = `${key} 日照金山 ${chosen.text}`;
        return { tool: "image", input: { prompt, count, provider }, markers: [chosen] };
      }
      case "dash-edit": {
        const count = chance.pick([1, 1, 2]);
        const chosen = markerFrom({ ...dashMarkers, failed: taskFailures });
        const prompt = `${key} 改成蓝色 ${chosen.text}`;
        return { tool: "image", input: { prompt, count, provider }, markers: [chosen] };
      }
      case "dash-video":
      case "dash-film": {
        const chosen = markerFrom({ ...dashMarkers, failed: taskFailures });
        const prompt = `${key} 在月光下奔跑 ${chosen.text}`;
        const input = { prompt, duration: chance.pick([2, 5, 15]), size: chance.pick(["720P", "1080P"]), provider };
        return { tool: "video", input, markers: [chosen] };
      }
      case "dash-speak": {
        const chosen = markerFrom(dashMarkers);
        return { tool: "speak", input: { text: `${key} ${words} ${chosen.text}` }, markers: [chosen] };
      }
      case "dash-own-voice": {
        const chosen = markerFrom(dashMarkers);
        return { tool: "avatar", input: { text: `${key} ${words} ${chosen.text}`, title: key }, markers: [chosen] };
      }
      case "dash-lips":
      case "portrait":
        return { tool: "avatar", input: { title: key, provider }, markers: [] };
      case "dash-clone":
        return { tool: "clone", input: { name: `voice ${key}`, provider }, markers: [] };
      case "ask":
      case "dash-ask":
      case "open-ask": {
        const [provider, table] = {
          ask: ["spark", understandingMarkers] as const,
          "dash-ask": ["dashscope", dashMarkers] as const,
          "open-ask": ["openai", openMarkers] as const,
        }[kind];
        const chosen = markerFrom(table);
        const question = `${key} 天空为什么是蓝色的？ ${chosen.text}`;
        return { tool: "ask", input: { question, new: chance.percent(15), provider }, markers: [chosen] };
      }
      case "keyed-ask": {
        const question = `${key} 天空为什么是蓝色的？`;
        return { tool: "ask", input: { question, provider: "keyed" }, markers: [] };
      }
      case "describe": {
        const chosen = markerFrom(understandingMarkers);
        const question = `${key} 图中有什么？ ${chosen.text}`;
        return { tool: "describe", input: { question, fresh: chance.percent(15) }, markers: [chosen] };
      }
      case "image": {
        const chosen = markerFrom(sparkMarkers);
        const count = chosen.effect === "none" ? chance.pick([1, 1, 1, 2, 2, 3, 4]) : chance.pick([1, 1, 2]);
        const prompt = `${key} 日照金山 ${chosen.text}`;
        return { tool: "image", input: { prompt, count, size: chance.pick(sizes) }, markers: [chosen] };
      }
      case "speak": {
        const isEndless = allowsEndless && endless * wishesPerEndless <= made;
        const chosen = isEndless ? chance.pick(endlessMarkers) : markerFrom(xjcMarkers);
        if (isEndless) endless += 1;
        const text = `${key} ${words} ${chosen.text}`;
        return { tool: "speak", input: { text, speed: chance.pick([0.8, 1, 1.2]) }, markers: [chosen] };
      }
      case "video-text":
      case "sound": {
        const chosen = markerFrom(xjcMarkers);
        return { tool: "avatar", input: { text: `${key} ${words} ${chosen.text}`, title: key }, markers: [chosen] };
      }
      case "video-audio": {
        const chosen = markerFrom(titleMarkers);
        return { tool: "avatar", input: { title: `${key} ${chosen.text}`.trim() }, markers: [chosen] };
      }
      case "own-voice": {
        const [first, second] = [markerFrom(xjcMarkers), chance.percent(50) ? none : markerFrom(titleMarkers)];
        const input = { text: `${key} ${words} ${first.text}`, title: `${key} ${second.text}`.trim() };
        return { tool: "avatar", input, markers: [first, second] };
      }
      case "clone":
        return { tool: "clone", input: { name: `voice ${key}`, tier: chance.pick(["lite", "pro"]) }, markers: [] };
    }
  }

  return () => {
    const number = made;
    made += 1;
    const key = `k${number}`;
    const isFirstVoice = number < people + dashPeople;
    const kind = isFirstVoice
      ? number < people
        ? "clone"
        : "dash-clone"
      : chance.weighted<Kind>([
          [26, "image"],
          [8, "speak"],
          [6, "video-text"],
          [5, "video-audio"],
          [5, "own-voice"],
          [5, "sound"],
          [4, "clone"],
          [10, "describe"],
          [4, "ask"],
          [4, "dash-ask"],
          [4, "open-ask"],
          [3, "keyed-ask"],
          [4, "portrait"],
          [13, "dash-image"],
          [3, "dash-edit"],
          [3, "dash-video"],
          [3, "dash-film"],
          [5, "dash-speak"],
          [3, "dash-lips"],
          [3, "dash-own-voice"],
          [1, "dash-clone"],
        ]);
    const person = `person${isFirstVoice ? number % people : chance.below(kind.startsWith("dash") ? dashPeople : people)}`;
    return {
      key,
      kind,
      person,
      ...details(key, kind),
      asksConsent: isClone(kind) && chance.percent(40),
      ...(!isFirstVoice && chance.percent(6) ? { cancelAfterMs: chance.between(0, 1_500) } : {}),
      isFirstVoice,
      ...(typedKinds.has(kind) && chance.percent(typedPercent) ? { platform: nextPlatform() } : {}),
      ...(kind === "describe" ? linked() : {}),
    };
  };

  /** In turn, so that each carries its share of a short run too. */
  function nextPlatform(): PlatformId {
    typed += 1;
    return platformIds[typed % platformIds.length]!;
  }

  function linked(): Pick<Wish, "link"> {
    const link = chance.weighted([
      [75, undefined],
      [15, "here"],
      [10, "gone"],
    ] as const);
    return link === undefined ? {} : { link };
  }
}

export function isClone(kind: Kind): boolean {
  return kind === "clone" || kind === "dash-clone";
}

/** The voice that a wish needs or makes: the one of its person at its provider. */
export function voiceKey({ kind, person }: Pick<Wish, "kind" | "person">): string {
  return `${person} at ${kind.startsWith("dash") ? "dashscope" : "xjc"}`;
}

/** The wish that a vendor's text belongs to. */
export function keyOf(text: string): string | undefined {
  return /^k\d+/.exec(text)?.[0];
}
