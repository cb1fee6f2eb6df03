import type { Tone } from "@toolcast/core/surface";
import type { IconName } from "./icons.tsx";

const icons: Readonly<Record<Tone, IconName>> = {
  info: "info",
  progress: "jobs",
  success: "check",
  question: "question",
  warning: "alert",
  error: "alert",
};

/** A tone is never shown by colour alone. */
export function toneIcon(tone: Tone): IconName {
  return icons[tone];
}
