import type { Json } from "../ground/json.ts";
import type { Locale, LocalizedText } from "../ground/locale.ts";

/** Where a conversation takes place, durable enough to answer into it half an hour and a restart later. */
export interface Place {
  /** The surface that can answer there, e.g. `web`. */
  surface: string;
  /** The conversation: a channel, thread or chat as the surface names it. */
  conversation: string;
  /** The asker comes for the result (a command line, an agent): nothing is sent, the outcome is kept. */
  pulled?: boolean;
  /** What else the surface needs to post there. */
  address?: Json;
}

/** The person or program that asks. */
export interface Caller {
  /** `<surface>:<person>`: who owns the job. */
  id: string;
  /** What others read of them as: a name, or words in every language. They read of themselves as "you". */
  name: string | LocalizedText;
  /** The language they are answered in. */
  locale: Locale;
  /** Where the answer and the outcome belong. */
  place: Place;
  /** The roles they have there, as operators name them in rules: `<surface>:role:<id>`. Default none. */
  roles?: readonly string[];
  /** The conversation and what it is part of, as operators name them in rules, e.g. `discord:channel:<id>`. Default none. */
  places?: readonly string[];
  /**
   * A program asks: its model's word is no person's, so that it answers none of its jobs' questions. Default: a person does.
   */
  agent?: {
    /**
     * Whose program it is, as a caller id: what they may look at (balances), it may; what they may decide, only they may,
     * also about its jobs. Default: nobody's who is known.
     */
    of?: string;
  };
  /** Not of those that the installation is for: may start paid work only where a rule names them. Default false. */
  outsider?: boolean;
  /** Answer so that only the caller sees it. */
  private?: boolean;
}
