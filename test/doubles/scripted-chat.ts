import type { Message, State, Tool } from "@toolcast/core";
import {
  type Answer,
  Chat,
  type ChatEvent,
  type ChatPort,
  closedRoute,
  createChatKit,
  deliverBy,
  type Opened,
  SendError,
  type Sending,
  type ShowOptions,
  sendFailures,
} from "@toolcast/core/chat";
import type { Surface } from "@toolcast/core/surface";
import Keyv from "keyv";
import type { Installation, RunningProcess } from "../runtime-fixture.ts";

/** A message as somebody reads it. */
export interface Line {
  /** Absent if only the asker sees it. */
  id?: string;
  message: Message | null;
  options: Partial<ShowOptions>;
}

/** `die`: the process dies after showing the placeholder; `die before`: before showing it. */
type OpeningEnd = Opened | "die" | "die before";

/** A platform without a network; it outlives the processes that talk to it. */
export interface ScriptedChat {
  lines: Line[];
  /** How the next attempts to show a placeholder end. */
  nextOpened(...ends: OpeningEnd[]): void;
  /** The next look-ups of placeholders fail without an answer. */
  nextLooksFail(count: number): void;
  /** The reply handles that were used, by value. */
  used: string[];
  failures: ReturnType<typeof sendFailures>;
  /** Edits are refused with this error until it is set to null. */
  editError: Error | null;
  acknowledged: number;
  /** How many times a message was changed: with an answer, progress, a result or what a press showed. */
  edits: number;
  connect(running: RunningProcess, installation: Installation): Promise<Chat>;
}

export interface ScriptedChatOptions {
  /** Whether a placeholder can be looked up on the platform. Default true. */
  looks?: boolean;
  /** Only the asker sees answers, and only their handle reaches them. Default false. */
  needsHandle?: boolean;
  /** How answers are removed. By default they cannot be. */
  withdraw?: ChatPort["withdraw"];
}

export const tool = ({ runtime }: RunningProcess, command: string): Tool | undefined =>
  runtime.tools.find((one) => one.command === command);

export function createScriptedChat(options: ScriptedChatOptions = {}): ScriptedChat {
  const { looks = true, needsHandle = false, withdraw } = options;
  const failures = sendFailures("Roomy");
  const ends: OpeningEnd[] = [];
  let failingLooks = 0;
  const placeholderOf = (answer: Answer) => platform.lines.find(({ id }) => id === `m-${answer.id}`);

  const platform: ScriptedChat = {
    ...{ lines: [], used: [], failures, editError: null, acknowledged: 0, edits: 0 },
    nextOpened: (...next) => void ends.push(...next),
    nextLooksFail(count) {
      failingLooks = count;
    },
    async connect(running, { clock: _clock }) {
      const { life, runtime } = running;
      const readFailure = (error: unknown) => (error instanceof SendError ? error.failure : failures.connection(error));
      const kit = createChatKit({
        ...{ surface: "chat", title: "Roomy", runtime, clock: life.clock, readFailure, failures },
        state: stateOf(life, keyvs),
      });
      const guarded = life.guard("chat", portOf(kit.answers), ["open", "edit", "tell", "showPressed"]);
      const chat = new Chat(kit, guarded);
      type RouteSending = Sending<{ chat: Chat }, { locale: "en" }>;
      const deliver = deliverBy(() => ({ locale: "en" as const }), {
        async edit(sending: RouteSending) {
          const { answer, delivery, options } = sending;
          const message = await guarded.edit(answer, delivery.message, options, "result");
          if (message === null) {
            return closedRoute("sending.answer-closed", sending);
          }
          await chat.shown(answer.id, delivery, message);
          return { end: "sent" };
        },
        async post({ delivery, address }: RouteSending) {
          platform.lines.push({ id: delivery.id, message: delivery.message, options: {} });
          await chat.tellElsewhere(delivery, { below: delivery.id }, address.locale);
          return { end: "sent" };
        },
      });
      const surface: Surface<"edit" | "post"> = {
        ...{ id: "chat", limits, routes: ["edit", "post"], privateRoutes: ["edit"], answerRoutes: ["edit"] },
        deliver: (route, delivery) => deliver({ chat }, route, delivery),
        async find({ id }) {
          return platform.lines.some((line) => line.id === id) ? {} : null;
        },
        update: (delivery) => chat.update(delivery),
      };
      runtime.attach(surface);
      await chat.recover();
      return chat;
    },
  };
  const keyvs = new Map<string, Keyv>();
  const limits = { mediaPerMessage: 10, mediaBytes: 10_000_000, textCharacters: 2_000, updateIntervalMs: 5_000 };

  async function look(answer: Answer): Promise<string | null> {
    if (failingLooks > 0) {
      failingLooks -= 1;
      throw new Error("no answer");
    }
    return placeholderOf(answer)?.id ?? null;
  }

  function portOf(answers: Chat["context"]["answers"]): ChatPort {
    return {
      limits: () => limits,
      placeOf: ({ id, message, caller }) => ({ ...caller.place, address: { id, ...(message ? { message } : {}) } }),
      answerOf({ address }) {
        const place = address as { id?: string; message?: string } | undefined;
        return place?.id === undefined ? null : { id: place.id, message: place.message };
      },
      async open(answer) {
        const end = ends.shift() ?? { shown: true, message: `m-${answer.id}` };
        if (end === "die" || (typeof end === "object" && end.shown)) {
          platform.lines.push({ id: `m-${answer.id}`, message: null, options: {} });
        }
        return typeof end === "object" ? end : new Promise<Opened>(() => {});
      },
      ...(looks ? { look } : {}),
      async edit(answer, message, options, purpose) {
        const { editError } = platform;
        if (editError !== null) {
          throw editError;
        }
        if (answer.handle !== undefined) {
          const handle = await answers.useHandle(answer.id, purpose);
          if (handle === null) {
            return null;
          }
          platform.used.push(String(handle.value));
        } else if (needsHandle) {
          return null;
        }
        const line = placeholderOf(answer) ?? platform.lines.find(({ id }) => id === answer.message);
        if (line === undefined) {
          throw new SendError(failures.refused({ detail: "no such message", reason: "sending.message-gone" }));
        }
        Object.assign(line, { message, options });
        platform.edits += 1;
        return line.id ?? null;
      },
      editBudgets: () => [],
      needsHandle: () => needsHandle,
      ...(withdraw === undefined ? {} : { withdraw }),
      async tell(_answer, message, options) {
        platform.lines.push({ message, options });
      },
      async showPressed(answer, message, options) {
        platform.edits += 1;
        Object.assign(platform.lines.find(({ id }) => id === answer.message) ?? {}, { message, options });
      },
      file: () => ({ name: "a.png", download: async () => {} }),
      join: (given, parts) => ({ ...given, input: { ...given.input, ...Object.assign({}, ...parts) } }),
    };
  }

  return platform;
}

function stateOf(life: RunningProcess["life"], keyvs: Map<string, Keyv>): State {
  return {
    keyv(namespace) {
      const keyv = keyvs.get(namespace) ?? new Keyv({ namespace, throwOnErrors: true });
      keyvs.set(namespace, keyv);
      return life.guard(namespace, keyv, ["set", "delete"]);
    },
    close() {},
  };
}

/** The callbacks of an event; their effects appear in the platform's lines. */
export function waysOf(platform: ScriptedChat, forms: { id: string; tool: string }[] = []): ChatEvent["ways"] {
  let isAcknowledged = false;
  return {
    async acknowledge() {
      platform.acknowledged += isAcknowledged ? 0 : 1;
      isAcknowledged = true;
    },
    openForm({ id, tool: { command } }) {
      forms.push({ id, tool: command });
      return Promise.resolve();
    },
    async refuse(message, options) {
      platform.lines.push({ message, options });
    },
  };
}
