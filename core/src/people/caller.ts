import type { Json } from "../ground/json.ts";
import type { Locale, LocalizedText } from "../ground/locale.ts";

/** Where a conversation takes place, with all that is needed to answer in it half an hour and a restart later. */
export interface Place {
  /** The surface that can answer there, e.g. `web`. */
  surface: string;
  /** The conversation: a channel, thread or chat as the surface names it. */
  conversation: string;
  /**
   * The asker fetches the result (a command line, an agent): nothing is sent, and the outcome is kept. Default false.
   */
  pulled?: boolean;
  /** What else the surface needs to post there. Default: nothing. */
  address?: Json;
}

/** The person or program that asks. */
export interface Caller {
  /** `<surface>:<person>`: who owns the job. */
  id: string;
  /** What others see them called: a name, or words in every language. They themselves read "you". */
  name: string | LocalizedText;
  /** The language of the answers. */
  locale: Locale;
  /** Where the answer and the outcome are shown. */
  place: Place;
  /** The roles they have there, as operators name them in rules: `<surface>:role:<id>`. Default none. */
  roles?: readonly string[];
  /** The conversation and what it is part of, as operators name them in rules, e.g. `discord:channel:<id>`. Default none. */
  places?: readonly string[];
  /**
   * Set when a program asks: what its model says is not a person's word, so it cannot answer its jobs' questions.
   * Default: a person asks.
   */
  agent?: {
    /**
     * Whose program it is, as a caller id. It may look at what they may look at (balances); what they may decide, only
     * they may, even about its jobs. Default: unknown.
     */
    of?: string;
  };
  /** Not one of the people the installation is for: may start paid work only where a rule names them. Default false. */
  outsider?: boolean;
  /** Whether only the caller may see the answer. Default false. */
  private?: boolean;
}
