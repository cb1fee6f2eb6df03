import type { Logger } from "@toolcast/core";
import type { Surface } from "@toolcast/core/surface";
import type { Installation, OpenOptions, RunningProcess } from "../runtime-fixture.ts";

/** A file of somebody's. */
export interface ChatUpload {
  filename: string;
  contentType: string;
  bytes: Uint8Array;
}

/** What somebody gives by name: values, or files for inputs that take media. */
export type ChatInput = Readonly<Record<string, string | number | boolean | ChatUpload>>;

/** A message as its reader sees it. */
export interface ShownMessage {
  /** Stays the same when the message changes. */
  id: string;
  /** As it is read: without markup and escapes. */
  text: string;
  /** How many media are shown or heard in it. */
  media: number;
  /** Labels, in order. */
  buttons: string[];
  /** Says no more than that an answer will come. */
  isPlaceholder: boolean;
  /** Notified somebody other than the asker. */
  pings: boolean;
}

/** Something a person did, as the platform sees it. */
export interface ChatAct {
  /** `missed`: the platform told its sender that there was no answer in time. */
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
   * Sends the form that an act opened, as it is, with these inputs changed; where inputs are asked for one by one, answers
   * each question; where nothing is asked because nothing is missing, does nothing. Fails where there is no form.
   */
  submit(act: ChatAct, changes: ChatInput): Promise<void>;
  /** Whether an act opened a form, or a question to them. */
  isAsked(act: ChatAct): boolean;
  /** Everything they see from the bot, wherever it reached them, oldest first. */
  sees(): ShownMessage[];
}

/** A process with the adapter in it, connected to the platform. */
export interface ChatProcess extends RunningProcess {
  surface: Surface;
  /** The process dies when the platform has an acknowledgement or first answer, and before anything follows it. */
  dieWhenAcknowledged(): void;
  /** Gone at once: nothing it began goes on. */
  kill(): Promise<void>;
}

/** An installation on a platform of the test's, with time moved by hand; the platform outlives the processes. */
export interface ChatRoom extends AsyncDisposable {
  installation: Installation;
  open(options?: OpenOptions & { logger?: Logger }): Promise<ChatProcess>;
  person(name: string, options?: { locale?: "en" | "zh-CN" }): ChatPerson;
  /** Tells every process of an act again, as the platform does that had no answer. */
  redeliver(act: ChatAct): void;
  /** Somebody deletes a message: nobody sees it any more, and no change reaches it. */
  remove(message: ShownMessage): void;
  /** Calls back whenever what somebody sees may have changed, before the adapter hears that it has. */
  onChange(listener: () => void): void;
  /**
   * For so long, in milliseconds, the platform refuses messages and changes of them by its rate limit, each time with the
   * word to wait for `waitMs`.
   */
  flood(ms: number, waitMs: number): void;
  /**
   * Tells every process of things that no platform should: of wrong shape, with foreign ids, unreadable; every time the same.
   * Gives those whose acknowledgement the platform can see.
   */
  sendGarbage(): ChatAct[];
  /** Lets everything happen that needs no time to pass, the wire included. */
  calm(): Promise<void>;
  pass(ms: number, stepMs?: number): Promise<void>;
  until(condition: () => boolean | Promise<boolean>, limitMs?: number, stepMs?: number): Promise<void>;
}

/** A platform, as the contract knows it. */
export interface ChatPlatform {
  /** What the tests are called by. */
  name: string;
  /** Within so long the platform wants an act acknowledged, in milliseconds. */
  acknowledgeWithinMs: number;
  /** Whether its client sends a command that lacks what the tool needs. */
  sendsIncomplete: boolean;
  /** Whether the placeholder of a process that died may stay beside a new one: the platform has neither nonce nor look. */
  mayLeavePlaceholder: boolean;
  /** Opens an empty room; each test has one of its own and disposes of it. */
  openRoom(): Promise<ChatRoom>;
}

/** What a tool is asked for in these tests. `job`: the id of a job that is done. */
export interface ToolRequest {
  input(job: string): ChatInput;
  /** What has to be given again or must differ when it is asked for once more. Default nothing. */
  afresh?: ChatInput;
  /** Media in its answer. Default 0. */
  media?: number;
}
