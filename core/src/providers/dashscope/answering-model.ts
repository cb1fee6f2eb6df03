import type { AnsweringModel } from "../chat-completions/operation.ts";
import { vendorRefusal } from "./exchange.ts";
import { seenPicture } from "./limits.ts";
import { dashscopeFailures, dashscopeName } from "./name.ts";
import type { DashscopeSettings } from "./settings.ts";

/** The model that answers questions, at the vendor's address for programs that speak OpenAI's protocol. */
export function answeringModel({ baseUrl, apiKey, workspace, chat, memory, rates }: DashscopeSettings): AnsweringModel {
  return {
    ...chat,
    baseUrl: baseUrl.replace(/\/api\/v1$/, "/compatible-mode/v1"),
    apiKey,
    headers: workspace === undefined ? {} : { "x-dashscope-workspace": workspace },
    title: dashscopeName.providerTitle,
    memory,
    rates,
    // Other models refuse a picture, or answer as if there were none.
    pictures: /-(?:vl|omni)(?:-|$)|^qvq-/.test(chat.model) ? seenPicture : undefined,
    failures: dashscopeFailures,
    refusal: vendorRefusal,
  };
}
