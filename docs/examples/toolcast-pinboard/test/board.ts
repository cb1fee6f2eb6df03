import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@toolcast/core";
import type { Clock } from "@toolcast/core/engine";

/** The platform, on this machine. */
export interface Pinboard {
  url: string;
  token: string;
  messages: PinboardMessage[];
  /** By command, as the bot registered them. */
  commands: { command: string }[];
  /** Until then, by the clock, messages are refused with 429 and a time to wait. */
  flood: { until: number; waitMs: number };
  /** Forms by the event that opened them. */
  forms: Map<string, { form: string; fields: PinboardField[] }>;
  tell(event: { id: string; [fact: string]: unknown }): PinboardAct;
  /** Sends an event to every listener again. */
  tellAgain(id: string): void;
  /** Calls back after each new message and change of one. */
  onChange(listener: () => void): void;
  /** Deletes a message, as a person would. */
  remove(message: string): void;
  /** An address from which the bot can load a file. */
  keep(name: string, bytes: Uint8Array): { name: string; url: string; size: number };
  close(): void;
}

export interface PinboardAct {
  id: string;
  state: "waiting" | "acknowledged" | "missed";
}

export interface PinboardField {
  name: string;
  control: { kind: "file" | "choice" | "text"; value?: string; choices?: { value: string; title: string }[] };
}

export interface PinboardMessage {
  id: string;
  channel: string;
  /** The one person who sees it. */
  to?: string;
  marks: string[];
  text: string;
  placeholder?: boolean;
  files: { name: string; base64: string }[];
  buttons: { kind: "press" | "link"; label: string; id?: string; disabled?: boolean }[];
}

export const acknowledgeWithinMs = 3_000;
/** How soon a listener gets an answer, even if nothing has happened. */
const longestListenMs = 25_000;

export async function startPinboard(clock: Clock = systemClock): Promise<Pinboard> {
  const events: { number: number; id: string }[] = [];
  const acts = new Map<string, PinboardAct>();
  const kept = new Map<string, Uint8Array>();
  const listeners = new Set<() => void>();
  const watchers: (() => void)[] = [];
  let numbers = 0;

  const changed = () => {
    for (const watcher of watchers) {
      watcher();
    }
  };
  const wake = () => {
    for (const listener of [...listeners]) {
      listener();
    }
  };

  function listen(after: number, response: ServerResponse): void {
    const end = (fresh: typeof events) => {
      listeners.delete(answer);
      say(response, 200, { events: fresh, next: fresh.at(-1)?.number ?? after });
    };
    const answer = () => {
      const fresh = events.filter(({ number }) => number > after);
      if (fresh.length > 0) {
        end(fresh);
      }
    };
    listeners.add(answer);
    // Real time, like the listener's own timeout.
    const patience = setTimeout(() => end([]), longestListenMs);
    response.on("close", () => {
      clearTimeout(patience);
      listeners.delete(answer);
    });
    answer();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://pinboard");
    const [room = "", id = "", act] = pathname.slice(1).split("/").map(decodeURIComponent);
    const bytes = kept.get(id);
    if (room === "files" && bytes !== undefined) {
      response.end(bytes);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const body = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    if (request.headers.authorization !== `Bearer ${board.token}`) {
      say(response, 401, {});
    } else if (room === "bot") {
      say(response, 200, { bot: "Toolcast" });
    } else if (room === "commands") {
      board.commands = body.commands;
      say(response, 200, {});
    } else if (room === "events" && act === "taken") {
      takenBy(id);
      say(response, 200, {});
    } else if (room === "events") {
      listen(Number(searchParams.get("after")), response);
    } else if (room === "forms") {
      board.forms.set(body.event, body);
      say(response, 200, {});
    } else if (room === "messages" && request.method === "GET") {
      const mark = searchParams.get("mark") ?? "";
      say(response, 200, { id: board.messages.find(({ marks }) => marks.includes(mark))?.id ?? null });
    } else if (clock.now() < board.flood.until && !body.placeholder) {
      say(response, 429, {}, { "retry-after": String(board.flood.waitMs / 1_000) });
    } else {
      write(request.method ?? "", id, body, response);
    }
  }

  /** Unacknowledged events are kept; acknowledged ones are not sent again. */
  function takenBy(id: string): void {
    const act = acts.get(id);
    if (act?.state === "waiting") {
      act.state = "acknowledged";
    }
    for (let index = events.findIndex((event) => event.id === id); index !== -1; ) {
      events.splice(index, 1);
      index = events.findIndex((event) => event.id === id);
    }
  }

  function write(
    method: string,
    id: string,
    body: Partial<PinboardMessage> & { mark?: string },
    response: ServerResponse,
  ) {
    const { mark, ...content } = body;
    const marks = mark === undefined ? [] : [mark];
    const known = board.messages.find((message) =>
      method === "PUT" ? message.id === id : message.marks.includes(mark ?? ""),
    );
    if (method === "PUT" && known !== undefined) {
      Object.assign(known, { placeholder: false, ...content, marks: [...known.marks, ...marks] });
      changed();
    } else if (method === "POST" && known === undefined) {
      numbers += 1;
      const made = { id: `m${numbers}`, channel: "", text: "", files: [], buttons: [], ...content, marks };
      board.messages.push(made);
      changed();
      say(response, 200, { id: made.id });
      return;
    }
    say(response, known === undefined ? 404 : 200, { id: known?.id });
  }

  const board: Pinboard = {
    ...{ url: "", token: "marker-pinboard-token-5d1e", messages: [], commands: [], forms: new Map() },
    flood: { until: 0, waitMs: 0 },
    tell(event) {
      const act: PinboardAct = { id: event.id, state: "waiting" };
      numbers += 1;
      events.push({ ...event, number: numbers });
      sentEvents.set(event.id, event);
      acts.set(event.id, act);
      clock.setTimer(acknowledgeWithinMs, () => {
        act.state = act.state === "waiting" ? "missed" : act.state;
      });
      wake();
      return act;
    },
    tellAgain(id) {
      numbers += 1;
      events.push({ ...sentEvents.get(id), id, number: numbers });
      wake();
    },
    onChange: (listener) => watchers.push(listener),
    remove(message) {
      board.messages = board.messages.filter(({ id }) => id !== message);
    },
    keep(name, bytes) {
      numbers += 1;
      kept.set(`f${numbers}`, bytes);
      return { name, url: `${board.url}/files/f${numbers}`, size: bytes.length };
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  const sentEvents = new Map<string, { id: string }>();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  board.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return board;
}

function say(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
