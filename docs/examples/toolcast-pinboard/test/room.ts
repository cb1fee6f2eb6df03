import { createHttp, silentLogger, systemClock } from "@toolcast/core";
import {
  type ChatInput,
  type ChatPerson,
  type ChatPlatform,
  type ChatProcess,
  type ChatRoom,
  type ChatUpload,
  createInstallation,
  createSeededRandom,
  settle,
} from "@toolcast/testing";
import Keyv from "keyv";
import { pinboard } from "../index.js";
import { acknowledgeWithinMs, type Pinboard, type PinboardAct, startPinboard } from "./board.ts";

const minuteMs = 60_000;

/** Pinboard as a platform for the chat contract. */
export const pinboardChat: ChatPlatform = {
  ...{ name: "Pinboard", acknowledgeWithinMs, sendsIncomplete: true, mayLeavePlaceholder: false },
  openRoom,
};

async function openRoom(): Promise<ChatRoom> {
  const installation = await createInstallation();
  const { clock, provider } = installation;
  provider.maxDurationMs = 5 * 60 * minuteMs;
  const board = await startPinboard(clock);
  const trustedHosts = [new URL(board.url).host];
  const http = createHttp({ trustedHosts: () => trustedHosts, clock: systemClock });
  const keyvs = new Map<string, Keyv>();
  const processes: ChatProcess[] = [];
  let inFlight = 0;

  const follow = <Result>(work: Promise<Result>): Promise<Result> => {
    inFlight += 1;
    return work.finally(() => {
      inFlight -= 1;
    });
  };

  const room: ChatRoom = {
    installation,
    async open({ logger = silentLogger, ...options } = {}) {
      const running = await installation.open({ ...options, attached: false, started: false });
      const { life, runtime } = running;
      const never = new Promise<never>(() => {});
      let isDeadly = false;
      const adapter = await pinboard.create(
        { url: board.url, token: board.token },
        {
          ...{ runtime, trustedHosts, clock: life.clock, random: createSeededRandom(3), logger },
          publicUrl: null,
          state: {
            keyv(namespace) {
              const keyv = keyvs.get(namespace) ?? new Keyv({ namespace, throwOnErrors: true });
              keyvs.set(namespace, keyv);
              return life.guard(namespace, keyv, ["set", "delete"]);
            },
            close() {},
          },
          http: {
            ...http,
            download: (...parts) => follow(http.download(...parts)),
            async request(request) {
              if (life.dead) {
                return never;
              }
              const isWait = request.url.includes("/events?");
              const answer = await (isWait ? http.request(request) : follow(http.request(request)));
              if (isDeadly && request.url.endsWith("/taken")) {
                life.die();
              }
              return life.dead ? never : answer;
            },
          },
        },
      );
      runtime.attach(adapter.surface);
      await adapter.start();
      if (options.started !== false) {
        await runtime.start();
      }
      const process: ChatProcess = {
        ...running,
        surface: adapter.surface,
        dieWhenAcknowledged() {
          isDeadly = true;
        },
        async kill() {
          life.die();
          void adapter.close();
        },
      };
      processes.push(process);
      return process;
    },
    person: (name, { locale = "en" } = {}) => personOn(board, { id: name.replaceAll(" ", "-"), name, locale }),
    redeliver: (act) => board.tellAgain((act as PinboardAct).id),
    onChange: board.onChange,
    remove: ({ id }) => board.remove(id),
    flood(ms, waitMs) {
      board.flood = { until: clock.now() + ms, waitMs };
    },
    sendGarbage: () =>
      [{}, { type: "command" }, { type: "form", input: 7 }, { type: {} }].map((fact, index) =>
        board.tell({ id: `garbage-${index}`, ...fact }),
      ),
    async calm() {
      for (let quiet = 0, turns = 0; quiet < 3 && turns < 500; turns += 1) {
        await settle();
        await new Promise((resolve) => setTimeout(resolve, 1));
        quiet = inFlight > 0 ? 0 : quiet + 1;
      }
    },
    async pass(ms, stepMs = 1_000) {
      for (let left = ms; left > 0; left -= stepMs) {
        await room.calm();
        await clock.advance(Math.min(stepMs, left));
      }
      await room.calm();
    },
    async until(condition, limitMs = 60 * minuteMs, stepMs = 1_000) {
      for (const end = clock.now() + limitMs; ; ) {
        await room.calm();
        if (await condition()) {
          return;
        }
        if (clock.now() >= end) {
          const jobs = installation.jobs().map(({ state, notices }) => ({ state, notices }));
          throw new Error(`Not within ${limitMs} ms: ${condition}\n${JSON.stringify(jobs, null, 1).slice(0, 3_000)}`);
        }
        await clock.advance(stepMs);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((process) => process.kill()));
      await installation[Symbol.asyncDispose]();
      board.close();
      await http.close();
    },
  };
  return room;
}

let acts = 0;

function personOn(board: Pinboard, person: { id: string; name: string; locale: "en" | "zh-CN" }): ChatPerson {
  const tell = (event: object) => {
    acts += 1;
    return board.tell({ ...event, id: `e${acts}`, channel: "main", person });
  };
  const sorted = (given: ChatInput) => {
    const isFile = (value: ChatInput[string]): value is ChatUpload => typeof value === "object";
    const entries = Object.entries(given);
    return {
      input: Object.fromEntries(entries.filter(([, value]) => !isFile(value))),
      files: Object.fromEntries(
        entries.flatMap(([name, value]) => (isFile(value) ? [[name, board.keep(value.filename, value.bytes)]] : [])),
      ),
    };
  };
  return {
    id: `pinboard:${person.id}`,
    ask: (command, input, { private: isPrivate = false } = {}) =>
      tell({ type: "command", command, ...sorted(input), private: isPrivate }),
    press({ id }, label) {
      const { buttons = [] } = board.messages.find((message) => message.id === id) ?? {};
      return tell({ type: "press", button: buttons.find((button) => button.label === label)?.id, message: id });
    },
    async submit(act, changes) {
      const opened = board.forms.get((act as PinboardAct).id);
      if (opened === undefined) {
        throw new Error("there is no form");
      }
      const shown = opened.fields.flatMap(({ name, control }) =>
        control.value === undefined ? [] : [[name, control.value]],
      );
      // People choose by what they read.
      const chosen = opened.fields.flatMap(({ name, control: { choices = [] } }) => {
        const choice = choices.find(({ title }) => title === changes[name]);
        return choice === undefined ? [] : [[name, choice.value]];
      });
      const given = { ...Object.fromEntries(shown), ...changes, ...Object.fromEntries(chosen) };
      tell({ type: "form", form: opened.form, filled: opened.fields.map(({ name }) => name), ...sorted(given) });
    },
    isAsked: (act) => board.forms.has((act as PinboardAct).id),
    sees: () =>
      board.messages
        .filter(({ to }) => to === undefined || to === person.id)
        .map(({ id, text, files, buttons, placeholder }) => ({
          ...{ id, text, media: files.length, isPlaceholder: placeholder === true, pings: false },
          buttons: buttons.filter(({ kind, disabled }) => kind === "press" && !disabled).map(({ label }) => label),
        })),
  };
}
