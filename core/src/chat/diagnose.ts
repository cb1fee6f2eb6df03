import type { LocalizedText } from "../ground/locale.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Finding } from "../providers/provider.ts";
import type { ReadFailure } from "./send-failure.ts";

/** One thing that can be proved of a bot without anybody noticing. */
export interface Probe<Identity> {
  /** What is asked, as in "Slack did not tell ...", e.g. `{ en: "its channels", "zh-CN": "频道" }`. */
  what: LocalizedText;
  /** What was found. May reject: then it is unproved. */
  run(identity: Identity): Promise<Finding[]>;
  /** What a failure proves, where it proves something. Default: nothing. */
  problem?(error: unknown, identity: Identity): Sentence | null;
  /** After an error here nothing more can be asked. Default false. */
  needed?: boolean;
}

/** What a platform's bot is asked about itself. */
export interface Diagnosis<Identity> {
  /** The platform's own name, e.g. Slack. */
  platform: string;
  /** Why a request failed. */
  readFailure: ReadFailure;
  /** Asks who the bot is, by its token. Rejects when that cannot be found out. */
  identify(): Promise<Identity>;
  /** What was found with the identity. */
  identified(identity: Identity): Finding[];
  /** What is wrong with the token, where the failure says so. */
  tokenProblem(error: unknown): Sentence | null;
  /** In this order; each is asked whatever the others found. */
  probes: readonly Probe<Identity>[];
}

/** A bot's doctor: proves what can be proved without anybody noticing. Never rejects for what the platform does. */
export async function diagnoseBot<Identity>(diagnosis: Diagnosis<Identity>): Promise<Finding[]> {
  const { platform, readFailure, identify, identified, tokenProblem, probes } = diagnosis;
  let identity: Identity;
  try {
    identity = await identify();
  } catch (error) {
    const values = { platform, reason: readFailure(error).detail };
    return [{ level: "error", sentence: tokenProblem(error) ?? { key: "chat.unreachable", values } }];
  }
  const findings = identified(identity);
  for (const { what, run, problem, needed } of probes) {
    const found = await run(identity).catch((error): Finding[] => {
      const proved = problem?.(error, identity) ?? null;
      return proved === null
        ? [
            {
              level: "unproved",
              sentence: { key: "chat.unproved", values: { platform, what, reason: readFailure(error).detail } },
            },
          ]
        : [{ level: "error", sentence: proved }];
    });
    findings.push(...found);
    if (needed && found.some(({ level }) => level === "error")) {
      break;
    }
  }
  return findings;
}
