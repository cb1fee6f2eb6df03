import type { LocalizedText } from "../ground/locale.ts";
import type { Sentence } from "../messages/sentence.ts";
import type { Finding } from "../providers/provider.ts";
import type { ReadFailure } from "./send-failure.ts";

/** One thing that can be checked about a bot without anybody noticing. */
export interface Probe<Identity> {
  /** What is asked for, as in "Slack did not tell ...", e.g. `{ en: "its channels", "zh-CN": "频道" }`. */
  what: LocalizedText;
  /** What was found. If it rejects, nothing is proved. */
  run(identity: Identity): Promise<Finding[]>;
  /** The problem that a failure proves, if it proves one. Default: none. */
  problem?(error: unknown, identity: Identity): Sentence | null;
  /** Stops the diagnosis after an error here. Default false. */
  needed?: boolean;
}

/** How a platform's bot is diagnosed. */
export interface Diagnosis<Identity> {
  /** The platform's own name, e.g. Slack. */
  platform: string;
  /** Why a request failed. */
  readFailure: ReadFailure;
  /** Asks who the bot is, by its token. Rejects when that cannot be found out. */
  identify(): Promise<Identity>;
  /** What was found with the identity. */
  identified(identity: Identity): Finding[];
  /** What is wrong with the token, if the failure shows it. */
  tokenProblem(error: unknown): Sentence | null;
  /** Run in this order, each whatever the others found. */
  probes: readonly Probe<Identity>[];
}

/** Checks a bot as far as possible without anybody noticing. Never rejects, whatever the platform does. */
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
