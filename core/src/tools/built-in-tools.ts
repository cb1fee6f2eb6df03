import { askAssistant } from "./ask-assistant.ts";
import { cloneVoice } from "./clone-voice.ts";
import { createAvatarVideo } from "./create-avatar-video.ts";
import { deleteMedia } from "./delete-media.ts";
import { deleteVoice } from "./delete-voice.ts";
import { describeImage } from "./describe-image.ts";
import { explainError } from "./explain-error.ts";
import { generateImage } from "./generate-image.ts";
import { generateVideo } from "./generate-video.ts";
import { getBalance } from "./get-balance.ts";
import { cancelJob, getJob, listJobs } from "./job-tools.ts";
import { listBills } from "./list-bills.ts";
import { listVoices } from "./list-voices.ts";
import { forgetMe, showPrivacy } from "./privacy-tools.ts";
import { shareVoice } from "./share-voice.ts";
import { synthesizeSpeech } from "./synthesize-speech.ts";
import type { Tool } from "./tool.ts";

/** The tools every installation has, in the order surfaces list them. */
export const builtInTools: readonly Tool[] = [
  generateImage,
  describeImage,
  generateVideo,
  createAvatarVideo,
  synthesizeSpeech,
  cloneVoice,
  askAssistant,
  listVoices,
  shareVoice,
  deleteVoice,
  listJobs,
  getJob,
  cancelJob,
  deleteMedia,
  getBalance,
  listBills,
  explainError,
  showPrivacy,
  forgetMe,
];
