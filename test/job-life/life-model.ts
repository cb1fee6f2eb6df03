import type { Job } from "@toolcast/core";

type PhaseName = Job["state"]["phase"];

/** What the vendor says when it is asked to start. */
export type Answer = "made" | "operation" | "refused" | "later" | "unknown";
/** What became of an operation at the vendor. */
export type OperationEnd = "made" | "failed" | "lost" | "stopped";

/** A process of the installation, as far as the model cares. */
export interface Holder {
  isDead(): boolean;
  isFrozen(): boolean;
}

/** One start that reached the vendor. */
export interface StartModel {
  holder: Holder;
  /**
   * `pending`: the vendor has not answered. `answered`: it has, and the process may have died before it recorded that.
   * The others are on record.
   */
  state: "pending" | "answered" | "running" | "made" | "refused" | "later" | "unclear" | "failed" | "stopped";
  answer?: Answer;
  /** Of an operation; absent while the vendor works. */
  operation?: OperationEnd;
  /** Its process may have lost the job's lease while it waited: the start may count as cut off, and still be answered. */
  mayBeCutOff: boolean;
  /** A person has given it up: its end, if it comes, is a further result. */
  isGivenUp: boolean;
}

/** A job as people and the vendor know it, without any of its record. */
export class JobModel {
  readonly id: string;
  /** How many paid steps it has. */
  readonly steps: number;
  readonly starts: StartModel[] = [];
  isCancelWished = false;
  isLeft = false;
  /** A person is pressing "start again": the record may show it before the press is answered. */
  isBeingStartedAgain = false;
  timesStartedAgain = 0;

  constructor(id: string, steps: number) {
    this.id = id;
    this.steps = steps;
  }

  /** The start that the job's phase is about. */
  get current(): StartModel | undefined {
    return this.starts.findLast(({ isGivenUp }) => !isGivenUp);
  }

  get made(): number {
    return this.starts.filter(({ state, isGivenUp }) => state === "made" && !isGivenUp).length;
  }

  /** Gives up the start with no known end. */
  giveUp(): void {
    const { current } = this;
    if (current !== undefined) {
      current.isGivenUp = true;
    }
  }

  startAgain(): void {
    this.giveUp();
    this.timesStartedAgain += 1;
    this.isCancelWished = false;
    this.isBeingStartedAgain = false;
  }

  /** Why a start that has just reached the vendor must not have been made; null if it was right. */
  objectionToStart(): string | null {
    const { current } = this;
    if (current !== undefined && this.isBeingStartedAgain && ["unclear", "pending"].includes(current.state)) {
      this.startAgain();
    } else if (current?.state === "answered" && (current.answer === "made" || current.answer === "later")) {
      // Its process died at that moment, and its end was recorded.
      current.state = current.answer;
    } else if (current?.state === "running" && current.operation === "made") {
      current.state = "made";
    }
    const live = this.starts.find(({ state, isGivenUp }) => !isGivenUp && state !== "made" && state !== "later");
    if (live !== undefined) {
      return `a step was started although its last start was ${live.state}`;
    }
    if (this.made >= this.steps) {
      return "a start was made although every step was done";
    }
    return this.isCancelWished || this.isLeft ? "a start was made although its person had given the job up" : null;
  }

  /** Whether a start of it takes one of the vendor's places for certain. */
  isTakingPlace(): boolean {
    const { current } = this;
    if (current === undefined || current.mayBeCutOff || current.operation !== undefined) {
      return false;
    }
    return (current.state === "pending" && !current.holder.isDead()) || current.state === "running";
  }

  /** The phases in which its record may be now that nothing is happening. */
  phases(): PhaseName[] {
    const { current } = this;
    if (this.isLeft) {
      return ["failed"];
    }
    if (current === undefined) {
      return this.#afterStep(0);
    }
    const isUnseen = current.holder.isDead() || current.holder.isFrozen();
    switch (current.state) {
      case "pending":
        return isUnseen || current.mayBeCutOff ? ["starting", "unresolved"] : ["starting"];
      case "answered": {
        const recorded = this.#after(current);
        return isUnseen ? ["starting", "unresolved", ...recorded] : recorded;
      }
      default:
        return this.#after(current);
    }
  }

  #after({ state, answer, operation }: StartModel): PhaseName[] {
    switch (state === "answered" ? answer : state) {
      case "made":
        return this.#afterStep(state === "answered" ? 1 : 0);
      case "later":
        return this.#afterStep(0);
      case "refused":
      case "failed":
        return ["failed"];
      case "stopped":
        return ["cancelled"];
      case "operation":
      case "running":
        return ["running", ...this.#afterOperation(operation)];
      default:
        return ["unresolved"];
    }
  }

  #afterOperation(operation: OperationEnd | undefined): PhaseName[] {
    switch (operation) {
      case undefined:
        return [];
      case "made":
        return this.#afterStep(1);
      case "failed":
        return ["failed"];
      case "lost":
        return ["unresolved"];
      case "stopped":
        return ["cancelled"];
      default:
        return operation satisfies never;
    }
  }

  #afterStep(further: number): PhaseName[] {
    if (this.made + further >= this.steps) {
      return ["queued", "succeeded"];
    }
    return this.isCancelWished ? ["cancelled"] : ["queued", "held"];
  }

  /** Notes a start that the record announces and that never reached the vendor, because `dead` died in between. */
  noteUnsent({ state, steps }: Job, dead: Holder): void {
    const { current } = this;
    if (state.phase !== "starting") {
      return;
    }
    if (current?.state === "answered" && steps.filter((step) => step.state === "done").length > this.made) {
      current.state = "made";
    }
    if (current === undefined || current.state === "made" || current.state === "later") {
      this.starts.push({ holder: dead, state: "pending", mayBeCutOff: false, isGivenUp: false });
    }
  }

  /** Takes from the record what only its process could know. Call it after {@link phases} has allowed the record. */
  adopt({ state: { phase } }: Job): void {
    const { current } = this;
    if (current === undefined || this.isLeft) {
      return;
    }
    if (current.state === "pending" && current.holder.isDead() && phase === "unresolved") {
      current.state = "unclear";
    } else if (current.state === "answered" && phase !== "starting") {
      const isRecorded = this.#after(current).includes(phase);
      current.state = !isRecorded || current.answer === "unknown" ? "unclear" : recordedAs(current.answer);
    }
    if (current.state === "running" && phase !== "running" && phase !== "starting") {
      const { operation } = current;
      current.state = operation === undefined ? "running" : operation === "lost" ? "unclear" : operation;
    }
  }
}

function recordedAs(answer: Answer | undefined): StartModel["state"] {
  return answer === "operation" ? "running" : answer === undefined || answer === "unknown" ? "unclear" : answer;
}
