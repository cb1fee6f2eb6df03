import type { Logger } from "@toolcast/core";
import type { Surface } from "@toolcast/core/surface";
import type { Installation, OpenOptions, RunningProcess } from "../runtime-fixture.ts";

/** A file that somebody sends. */
export interface ChatUpload {
  filename: string;
  contentType: string;
  bytes: Uint8Array;
}

/** What somebody enters, by input name: values, or files for inputs that take media. */
export type ChatInput = Readonly<Record<string, string | number | boolean | ChatUpload>>;

/** A message as its reader sees it. */
export interface ShownMessage {
  /** Stays the same when the message is edited. */
  id: string;
  /** As it is read: without markup and escapes. */
  text: string;
  /** How many media can be seen or heard in it. */
  media: number;
  /** Labels, in order. */
  buttons: string[];
  /** Says only that an answer will come. */
  isPlaceholder: boolean;
  /** Notifies somebody other than the asker. */
  pings: boolean;
}

/** Something a person did, as the platform sees it. */
export interface ChatAct {
  /** `missed`: the platform reported to the sender that no answer came in time. */
  readonly state: "waiting" | "acknowledged" | "missed";
}

/** Somebody in front of the platform's client. */
export interface ChatPerson {
  /** Their caller id, `<surface>:<person>`. */
  id: string;
  /** Runs a tool by its command, in a conversation that others read too. */
  ask(command: string, input: ChatInput, options?: { private?: boolean }): ChatAct;
  /** Presses a button by its label. */
  press(message: ShownMessage, label: string): ChatAct;
  /**
   * Submits the form that an act opened, with these inputs changed; if inputs are asked for one by one, answers each
   * question; if nothing is asked because nothing is missing, does nothing. Fails if there is no form.
   */
  submit(act: ChatAct, changes: ChatInput): Promise<void>;
  /** Whether an act opened a form or asked them a question. */
  isAsked(act: ChatAct): boolean;
  /** Everything they see from the bot, in every conversation, oldest first. */
  sees(): ShownMessage[];
}

/** A process running the adapter, connected to the platform. */
export interface ChatProcess extends RunningProcess {
  surface: Surface;
  /** The process dies once the platform has an acknowledgement or first answer, before anything follows it. */
  dieWhenAcknowledged(): void;
  /** Kills it at once: nothing it began continues. */
  kill(): Promise<void>;
}

/** An installation on the test's platform, with a clock moved by hand; the platform outlives the processes. */
export interface ChatRoom extends AsyncDisposable {
  installation: Installation;
  open(options?: OpenOptions & { logger?: Logger }): Promise<ChatProcess>;
  person(name: string, options?: { locale?: "en" | "zh-CN" }): ChatPerson;
  /** Sends an act to every process again, as a platform does that got no answer. */
  redeliver(act: ChatAct): void;
  /** Somebody deletes a message: nobody sees it any more, and no edit reaches it. */
  remove(message: ShownMessage): void;
  /** Calls back whenever what somebody sees may have changed, before the adapter gets its answer. */
  onChange(listener: () => void): void;
  /**
   * For this many milliseconds the platform's rate limit refuses messages and edits, each time with the instruction to
   * wait for `waitMs`.
   */
  flood(ms: number, waitMs: number): void;
  /**
   * Sends every process events that no platform should send: malformed, with foreign ids, unreadable; the same ones
   * each time. Returns those whose acknowledgement the platform can see.
   */
  sendGarbage(): ChatAct[];
  /** Lets everything happen that needs no time to pass, network traffic included. */
  calm(): Promise<void>;
  pass(ms: number, stepMs?: number): Promise<void>;
  until(condition: () => boolean | Promise<boolean>, limitMs?: number, stepMs?: number): Promise<void>;
}

/** A platform as the contract needs it. */
export interface ChatPlatform {
  /** Its name in the test titles. */
  name: string;
  /** How soon the platform requires an act to be acknowledged, in milliseconds. */
  acknowledgeWithinMs: number;
  /** Whether its client sends a command without required inputs. */
  sendsIncomplete: boolean;
  /** Whether a dead process's placeholder may stay beside a new one: the platform has neither a nonce nor a look-up. */
  mayLeavePlaceholder: boolean;
  /** Opens an empty room; each test has its own and disposes of it. */
  openRoom(): Promise<ChatRoom>;
}

/** What these tests ask of a tool. `job`: the id of a finished job. */
export interface ToolRequest {
  input(job: string): ChatInput;
  /** Inputs that must be given again or changed when it is requested once more. Default none. */
  afresh?: ChatInput;
  /** Number of media in its answer. Default 0. */
  media?: number;
}
