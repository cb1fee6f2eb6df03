import * as core from "@toolcast/core";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";

test("the tools that people and agents rely on keep their names and inputs", () => {
  verifies("built.door");
  const named = Object.fromEntries(
    core.builtInTools.map((tool) => [`${tool.name}/${tool.command}`, Object.keys(tool.input).join(", ")]),
  );
  expect(named).toEqual({
    "generate_image/image": "prompt, image, size, count, negative_prompt, seed, provider, quote",
    "describe_image/describe": "image, question, fresh, provider, quote",
    "generate_video/video": "prompt, image, duration, size, seed, provider, quote",
    "create_avatar_video/avatar": "video, image, audio, text, voice, title, provider, quote",
    "synthesize_speech/speak": "text, voice, speed, pitch, volume, cross_language, instructions, language, quote",
    "clone_voice/clone": "audio, name, tier, voice, consent, provider, quote",
    "ask_assistant/ask": "question, image, instructions, new, provider, quote",
    "list_voices/voices": "",
    "share_voice/share": "voice, with, shared",
    "delete_voice/delete_voice": "voice, confirm",
    "list_jobs/jobs": "state, limit",
    "get_job/job": "job",
    "cancel_job/cancel": "job",
    "delete_media/delete": "item, record, confirm",
    "get_balance/balance": "provider",
    "list_bills/bills": "page, page_size",
    "explain_error/explain": "text, provider",
    "show_privacy/privacy": "",
    "forget_me/forget": "confirm",
  });
});
