import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Random } from "@toolcast/core/engine";
import type { Delivery, Surface } from "@toolcast/core/surface";
import type { RoomLine } from "./settings.ts";

export const roomId = "room";

/**
 * A chat room in an append-only file that every process writes to. It does not drop duplicates, which makes them
 * visible; messages in it can be looked up; and like a real platform it is sometimes busy, closed, or silent about what
 * it did.
 */
export function createRoomSurface(file: string, random: Random): Surface {
  const write = (route: string, { id, message }: Delivery) => {
    const assets = (message.media ?? []).map(({ assetId }) => assetId);
    const line: RoomLine = { id, route, pid: process.pid, assets };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  return {
    id: roomId,
    limits: { mediaPerMessage: 3, mediaBytes: 50_000_000, textCharacters: 4_000, updateIntervalMs: 3_000 },
    routes: ["edit", "post", "direct"],
    privateRoutes: ["edit", "direct"],
    answerRoutes: ["edit"],
    async deliver(route, delivery) {
      const chance = random.integer(100);
      if (chance < 3) return { end: "later", afterMs: 2_000, reason: "too many messages" };
      if (chance < 6) throw new Error("the connection was refused");
      if (chance < 8 && route === "edit") return { end: "closed", reason: "the message is gone" };
      write(route, delivery);
      if (chance < 12) throw new Error("the connection was reset");
      return { end: "sent", receipt: { message: delivery.id } };
    },
    async find({ id }) {
      if (random.integer(100) < 5) throw new Error("the history could not be read");
      return readRoom(file).some((line) => line.id === id) ? { receipt: { message: id } } : null;
    },
    async update() {
      if (random.integer(100) < 5) throw new Error("too many edits");
    },
  };
}

/** Everything people read, in order. */
export function readRoom(file: string): RoomLine[] {
  return readLines<RoomLine>(file);
}

/** The lines of a file that processes append to and may be killed while appending; an incomplete line is ignored. */
export function readLines<Line>(file: string): Line[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
}
