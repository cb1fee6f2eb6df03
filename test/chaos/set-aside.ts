import type { Job } from "@toolcast/core";
import { say } from "@toolcast/core/surface";

const reason = say({ key: "job.delivery-set-aside", values: { times: 3 } }, "en").split("3");

/** Whether its delivery was given up because processes in a row were killed during it: its person was to look for it. */
export function isDeliverySetAside({ notices }: Pick<Job, "notices">): boolean {
  return notices.some(
    ({ state, trouble }) => state === "undeliverable" && reason.every((part) => trouble?.includes(part)),
  );
}
