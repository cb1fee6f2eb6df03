import type { App } from "@modelcontextprotocol/ext-apps";
import type { Locale } from "@toolcast/core";
import type { CardState } from "../src/card/card-state.ts";
import { element, say } from "./element.ts";
import { mediumView } from "./medium-view.ts";
import { strings } from "./strings.ts";

/**
 * What the page shows; redrawn as little as possible, so that players keep playing and screen readers repeat nothing.
 */
export class CardView {
  readonly #app: App;
  readonly #root: HTMLElement;
  readonly #title = element("h1");
  readonly #progress = element("progress", { max: 1 });
  readonly #label = element("p", { className: "remark" });
  readonly #remark = element("p", { className: "remark" });
  readonly #lines = element("div");
  readonly #media = element("div", { className: "media" });
  readonly #fields = element("dl");
  #shownMedia = "";
  #shownFacts = "";

  constructor(app: App, root: HTMLElement) {
    this.#app = app;
    this.#root = root;
    const status = element("div", { className: "status", role: "status" }, element("span", { className: "mark" }));
    status.append(this.#title);
    this.#label.id = "progress-label";
    this.#progress.setAttribute("aria-describedby", this.#label.id);
    root.append(status, this.#lines, this.#progress, this.#label, this.#media, this.#remark, this.#fields);
    this.#hide(this.#progress, this.#label, this.#remark, this.#media, this.#fields, this.#lines);
  }

  /** A text instead of a job: before there is one, or when there will be none. */
  words(tone: CardState["tone"], title: string, lines: readonly string[] = []): void {
    this.#root.dataset.tone = tone;
    say(this.#title, title);
    this.#paragraphs(lines);
    this.#hide(this.#progress, this.#label, this.#media, this.#fields);
  }

  /** A note next to the job, e.g. that the server does not answer; empty for none. */
  remark(text: string): void {
    say(this.#remark, text);
    this.#remark.hidden = text === "";
  }

  job(state: CardState, locale: Locale): void {
    this.#root.dataset.tone = state.tone;
    this.#root.dataset.phase = state.phase;
    say(this.#title, state.title);
    this.#paragraphs(state.lines);
    this.#showProgress(state, locale);
    this.#showMedia(state, locale);
    this.#showFields(state);
  }

  #paragraphs(lines: readonly string[]): void {
    const shown = [...this.#lines.children].map(({ textContent }) => textContent);
    if (shown.join("\n") !== lines.join("\n")) {
      this.#lines.replaceChildren(...lines.map((line) => element("p", {}, line)));
    }
    this.#lines.hidden = lines.length === 0;
  }

  #showProgress({ progress, ended, tone }: CardState, locale: Locale): void {
    const isAtWork = !ended && tone === "progress";
    this.#progress.hidden = !isAtWork;
    this.#label.hidden = !isAtWork || progress === null;
    this.#progress.ariaLabel = strings.progress[locale];
    say(this.#label, progress?.label ?? "");
    if (progress === null || progress.fraction === null) {
      this.#progress.removeAttribute("value");
    } else {
      this.#progress.value = progress.fraction;
    }
  }

  #showMedia({ media }: CardState, locale: Locale): void {
    // A new address of the same medium must not restart a video.
    const wanted = JSON.stringify([locale, media.map(({ assetId }) => assetId)]);
    if (wanted !== this.#shownMedia) {
      this.#shownMedia = wanted;
      this.#media.replaceChildren(...media.map((medium) => mediumView(this.#app, medium, locale)));
    }
    this.#media.hidden = media.length === 0;
  }

  #showFields({ fields }: CardState): void {
    const wanted = JSON.stringify(fields);
    if (wanted !== this.#shownFacts) {
      this.#shownFacts = wanted;
      this.#fields.replaceChildren(
        ...fields.flatMap(({ label, value }) => [element("dt", {}, label), element("dd", {}, value)]),
      );
    }
    this.#fields.hidden = fields.length === 0;
  }

  #hide(...parts: HTMLElement[]): void {
    for (const part of parts) {
      part.hidden = true;
    }
  }
}
