import { settle } from "./runtime-fixture.ts";

/** After so many looks at which no call has ended, those still under way are taken to hang. */
const mostLooks = 500;
/** However many calls end. */
const mostLooksInAll = 20_000;

/**
 * Lets everything happen that needs no time to pass, network traffic included: until `isQuiet` three times in a row, or
 * until `ended`, the number of calls that have ended, changes no more.
 */
export async function untilQuiet({ isQuiet, ended }: { isQuiet(): boolean; ended(): number }): Promise<void> {
  let endedBefore = ended();
  for (let quiet = 0, looks = 0, inAll = 0; quiet < 3 && looks < mostLooks && inAll < mostLooksInAll; inAll += 1) {
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 1));
    quiet = isQuiet() && !isUsingFiles() ? quiet + 1 : 0;
    looks = ended() === endedBefore ? looks + 1 : 0;
    endedBefore = ended();
  }
}

/** On a busy machine a file takes its time: without this, the test's clock would go on meanwhile. */
function isUsingFiles(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"));
}
