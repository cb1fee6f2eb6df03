import type { Chance } from "./chance.ts";

/** What a marker makes of a start, and so which ends of a job it explains. */
export type Effect = "none" | "refused" | "failed" | "unknown" | "endless";

export interface Marker {
  text: string;
  effect: Effect;
}

export type Kind = "image" | "speak" | "video-text" | "video-audio" | "own-voice" | "sound" | "clone";

/** One request of one person, made from the seed. */
export interface Wish {
  /** Stands in everything the vendor is told, so that the ledger's text tells whose start it was. */
  key: string;
  kind: Kind;
  person: string;
  tool: string;
  /** Without media and voices, which are only known once they are there. */
  input: Record<string, unknown>;
  markers: Marker[];
  /** Asks for consent first, as a person who did not tick the box is asked. */
  asksConsent: boolean;
  /** Real milliseconds after which the asker wants it cancelled. */
  cancelAfterMs?: number;
  /** The first voice of a person: others wait for it. */
  isFirstVoice: boolean;
}

const none: Marker = { text: "", effect: "none" };
const unknownToBoth = ["hang", "giant", "malformed", "reset", "http 500", "http 503 once", "no-payload"];
const unknownLong = [...unknownToBoth, "drop-after-accept", "drop-before-accept", "drop-after-accept once"];
const callbacks = ["callback late", "callback twice", "callback forged", "callback lost", "callback early"];

const marker = (effect: Effect) => (words: string) => ({ text: `[[${words}]]`, effect });
const sparkMarkers = {
  none: ["slow 2s", "slow 20s", "11202 once", "11203 once"].map(marker("none")),
  refused: ["10013", "10014", "10021", "10022"].map(marker("refused")),
  unknown: unknownLong.map(marker("unknown")),
};
const xjcMarkers = {
  none: ["slow 2s", "slow 9s", "20007 once", "20008 once", "10003 once", ...callbacks].map(marker("none")),
  refused: ["20005"].map(marker("refused")),
  failed: ["fail: no face"].map(marker("failed")),
  unknown: unknownLong.map(marker("unknown")),
};
/** A title has room for few characters beside the key. */
const titleMarkers = {
  none: ["slow 2s", "20007 once"].map(marker("none")),
  refused: ["20005"].map(marker("refused")),
  failed: ["fail: x"].map(marker("failed")),
  unknown: ["hang", "giant", "malformed", "reset", "http 500"].map(marker("unknown")),
};
const endless = ["stuck", "expired-url"].map(marker("endless"));

/** Long enough to be spoken for more than the five seconds that drive a video. */
const words = "The quick brown fox jumps over the lazy dog and thinks about what the vendor will charge for it today.";
const sizes = ["512x512", "640x360", "512x680"];

export interface LoadOptions {
  chance: Chance;
  people: number;
  /** Whether some jobs may take until their kind's limit. */
  allowsEndless: boolean;
}

/** Makes wishes without end; the first ones give each person a voice. */
export function createLoad({ chance, people, allowsEndless }: LoadOptions): () => Wish {
  let made = 0;
  let endlessLeft = allowsEndless ? 4 : 0;

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
    switch (kind) {
      case "image": {
        const chosen = markerFrom(sparkMarkers);
        const count = chosen.effect === "none" ? chance.pick([1, 1, 1, 2, 2, 3, 4]) : chance.pick([1, 1, 2]);
        const prompt = `${key} 日照金山 ${chosen.text}`;
        return { tool: "image", input: { prompt, count, size: chance.pick(sizes) }, markers: [chosen] };
      }
      case "speak": {
        const wanted = endlessLeft > 0 && chance.percent(25);
        const chosen = wanted ? chance.pick(endless) : markerFrom(xjcMarkers);
        if (wanted) endlessLeft -= 1;
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
    const isFirstVoice = number < people;
    const kind = isFirstVoice
      ? "clone"
      : chance.weighted<Kind>([
          [46, "image"],
          [14, "speak"],
          [10, "video-text"],
          [8, "video-audio"],
          [8, "own-voice"],
          [8, "sound"],
          [6, "clone"],
        ]);
    const person = `person${isFirstVoice ? number : chance.below(people)}`;
    return {
      key,
      kind,
      person,
      ...details(key, kind),
      asksConsent: kind === "clone" && chance.percent(40),
      ...(!isFirstVoice && chance.percent(6) ? { cancelAfterMs: chance.between(0, 1_500) } : {}),
      isFirstVoice,
    };
  };
}

/** The wish a vendor's text belongs to. */
export function keyOf(text: string): string | undefined {
  return /^k\d+/.exec(text)?.[0];
}
