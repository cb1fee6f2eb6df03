import Keyv from "keyv";
import { expect, test } from "vitest";
import { createManualClock } from "../../../test/manual-clock.ts";
import { createMemoryEngine } from "../../../test/memory-engine.ts";
import { createSeededRandom } from "../../../test/seeded-random.ts";
import { runExclusively } from "../job/exclusive.ts";
import { VoiceBook } from "./voice-book.ts";

const owner = "chat:ada";

test("a cloned voice loses no training, and shares no name, when several processes finish clones at once", async () => {
  // @verifies spending.consent
  const state = new Keyv();
  const clock = createManualClock();
  const engine = createMemoryEngine({ clock, random: createSeededRandom() });
  const books = [1, 2].map(
    (seed) =>
      new VoiceBook(state, (work) =>
        runExclusively({ engine, clock, random: createSeededRandom(seed) }, "voices", work, 60_000),
      ),
  );
  const consent = { by: owner, at: 1, sampleHash: "" };
  const made = { owner, ownerName: "Ada", name: "mine", provider: "xjc", tier: "lite" as const };
  const rest = { speakerId: "s", consents: [consent], jobs: [], shared: false, createdAt: 1 };
  const changes = Array.from({ length: 8 }, (_, index) =>
    books[index % 2]!.change(`voice_${index % 2}`, (voice) =>
      voice === null
        ? { id: `voice_${index % 2}`, ...made, ...rest }
        : { ...voice, consents: [...voice.consents, consent] },
    ),
  );
  let open = true;
  void Promise.all(changes).finally(() => {
    open = false;
  });
  for (let turn = 0; open && turn < 500; turn += 1) {
    await clock.advance(50);
  }
  await Promise.all(changes);
  const voices = await books[0]!.usableBy({ id: made.owner });
  expect(voices.map(({ name, consents }) => [name, consents.length])).toEqual([
    ["mine", 4],
    ["mine 2", 4],
  ]);
});
