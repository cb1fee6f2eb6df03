import { entryOf } from "../../errors/catalog.ts";
import { failureOf } from "../../errors/errors.ts";
import type { Random } from "../../ground/random.ts";
import { failureFinding } from "../failure-finding.ts";
import type { Finding, InstallationFacts } from "../provider.ts";
import { hostOf, isLoopback } from "../setting-schema.ts";
import { type Api, readTimeoutMs } from "./api.ts";
import { cloningRefusal } from "./cloning-regions.ts";
import { dashscopeName } from "./name.ts";
import { regionTitle } from "./regions.ts";
import type { DashscopeSettings } from "./settings.ts";
import { randomTaskId } from "./task-id.ts";
import { offersUploads } from "./uploads.ts";
import { taskAnswer } from "./wire.ts";

/** Checks the key by asking about a task that does not exist: a valid key learns that, an invalid one is refused. */
export async function doctor(
  settings: DashscopeSettings,
  { api, random, canBeReached = true }: { api: Api; random: Random } & Partial<InstallationFacts>,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const host = hostOf(settings.baseUrl);
  const region = regionTitle(host);
  const findings: Finding[] = [];
  try {
    await api.read({
      method: "GET",
      path: `tasks/${randomTaskId(random)}`,
      data: taskAnswer,
      timeoutMs: readTimeoutMs,
      signal,
    });
    findings.push(
      { level: "ok", sentence: { key: "provider.doctor.dashscope-key", values: { region } } },
      { level: "unproved", sentence: { key: "provider.doctor.dashscope-unproved" } },
    );
  } catch (error) {
    const failure = failureOf(error);
    findings.push(failureFinding(failure, dashscopeName.providerTitle));
    if (entryOf(failure)?.category === "credentials") {
      findings.push({
        level: "warning",
        sentence: { key: "provider.doctor.dashscope-region", values: { host, region } },
      });
    }
  }
  if (settings.baseUrl.startsWith("http:") && !isLoopback(settings.baseUrl)) {
    findings.push({
      level: "warning",
      sentence: { key: "provider.doctor.not-encrypted", values: { variable: "DASHSCOPE_BASE_URL", host } },
    });
  }
  if (!canBeReached && offersUploads(settings)) {
    findings.push({ level: "warning", sentence: { key: "provider.doctor.dashscope-uploads" } });
  }
  const noCloning = cloningRefusal(settings.speechModel, settings);
  if (noCloning !== undefined) {
    findings.push({ level: "warning", sentence: noCloning });
  }
  return findings;
}
