import type { Message, Place } from "@toolcast/core";
import type { Delivery, Surface } from "@toolcast/core/surface";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { verifies } from "../verifies.ts";

/** A surface with one conversation, seen through the eyes of a person in it. */
export interface OpenedSurface {
  /** The surface under test. */
  surface: Surface;
  /** The conversation. */
  place: Place;
  /** `<surface>:<person>`. */
  asker: string;
  /** What the surface needs to edit a first answer. Left out if it needs nothing. */
  acknowledge?(): Promise<Delivery["acknowledgement"]>;
  /** Everything to be read there, oldest first, as plain text: titles, paragraphs, labels and values. */
  read(): Promise<string[]>;
  /** Ends everything that `open` started. */
  close(): Promise<void>;
}

/** Text that platforms would interpret as mentions, markup, links or commands. */
const hostileText =
  "@everyone <@1> <!channel> **bold** `code` [x](https://evil.example) <script>alert(1)</script> /image";

/** What core relies on from every surface. */
export function surfaceContract(name: string, open: () => Promise<OpenedSurface>): void {
  describe(`${name} keeps the surface contract`, () => {
    let opened: OpenedSurface;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    async function delivery(id: string, message: Partial<Message> = {}): Promise<Delivery> {
      const { place, asker, acknowledge } = opened;
      const acknowledgement = await acknowledge?.();
      return {
        ...{ id, place, asker, message: { tone: "success", title: `Result ${id}`, private: false, ...message } },
        ...(acknowledgement === undefined ? {} : { acknowledgement }),
      };
    }

    const readings = async (text: string) => (await opened.read()).filter((shown) => shown.includes(text));

    test("each of its routes shows a delivery in the conversation", async () => {
      verifies("delivered.into-conversation");
      for (const [index, route] of opened.surface.routes.entries()) {
        expect(await opened.surface.deliver(route, await delivery(`job_1.${index + 1}`))).toMatchObject({
          end: "sent",
        });
        expect(await readings(`Result job_1.${index + 1}`), route).toHaveLength(1);
      }
    });

    test("the same delivery twice is one message", async () => {
      verifies("delivered.once");
      const [route] = opened.surface.routes.slice(-1);
      const same = await delivery("job_1.1");
      await opened.surface.deliver(route!, same);
      await opened.surface.deliver(route!, same);
      expect(await readings("Result job_1.1")).toHaveLength(1);
    });

    test("looking finds what is there and nothing else", async () => {
      const { surface } = opened;
      if (surface.find === undefined) {
        return;
      }
      const [route] = surface.routes.slice(-1);
      const sent = await delivery("job_1.1");
      expect(await surface.find(sent)).toBeNull();
      await surface.deliver(route!, sent);
      expect(await surface.find(sent)).not.toBeNull();
      expect(await surface.find(await delivery("job_1.10"))).toBeNull();
    });

    test("text from people and vendors is shown as it is", async () => {
      verifies("safe.inert-text");
      const [route] = opened.surface.routes.slice(-1);
      const message = { title: hostileText, lines: [hostileText], fields: [{ label: "words", value: hostileText }] };
      expect(await opened.surface.deliver(route!, await delivery("job_1.1", message))).toMatchObject({ end: "sent" });
      expect(await readings(hostileText)).toHaveLength(1);
    });

    test("a text at the limit is shown whole, and one over it causes no error", async () => {
      const [route] = opened.surface.routes.slice(-1);
      const most = opened.surface.limits.textCharacters;
      expect(
        await opened.surface.deliver(route!, await delivery("job_1.1", { title: "a".repeat(most) })),
      ).toMatchObject({ end: "sent" });
      expect(await readings("a".repeat(most))).toHaveLength(1);
      expect(
        await opened.surface.deliver(route!, await delivery("job_1.2", { title: "b".repeat(most + 1) })),
      ).toMatchObject({ end: "sent" });
      expect(await readings("b".repeat(most - 100))).toHaveLength(1);
    });

    test("its limits and routes make sense", () => {
      const { limits, routes, privateRoutes, answerRoutes = [] } = opened.surface;
      const { textUnit = "characters", mediaBytesByKind = {}, ...amounts } = limits;
      for (const [limit, value] of [...Object.entries(amounts), ...Object.entries(mediaBytesByKind)]) {
        expect(value, limit).toBeGreaterThan(0);
      }
      expect(["characters", "utf16", "bytes"]).toContain(textUnit);
      expect(routes.length).toBeGreaterThan(0);
      expect(routes).toEqual(expect.arrayContaining([...privateRoutes, ...answerRoutes]));
      expect(new Set(routes).add("kept").size).toBe(routes.length + 1);
    });
  });
}
