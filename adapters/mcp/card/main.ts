import type { CallToolResult } from "@modelcontextprotocol/client";
import {
  App,
  applyDocumentTheme,
  applyHostFonts,
  applyHostStyleVariables,
  type McpUiHostContext,
} from "@modelcontextprotocol/ext-apps";
import type { CardState } from "../src/card/card-state.ts";
import { CardView } from "./card-view.ts";
import { followJob } from "./follow-job.ts";
import { jobIdOf, textsOf } from "./job-question.ts";
import { localeOf, strings } from "./strings.ts";

const app = new App({ name: "toolcast-card", version: "1.0.0" }, {}, { autoResize: true });
const view = new CardView(app, document.getElementById("card") as HTMLElement);
let locale = localeOf(undefined);
let stop = () => {};
let last: CardState | undefined;
/** The model knows the outcome: from the tool's own result, or from us. */
let isModelInformed = false;

app.onhostcontextchanged = adapt;
app.ontoolresult = show;
app.ontoolcancelled = () => {
  if (last === undefined) {
    view.words("info", strings.stopped[locale]);
  }
};
app.onteardown = () => {
  stop();
  return {};
};

view.words("progress", strings.waiting[locale]);
await app.connect();
adapt(app.getHostContext() ?? {});

/** Applies the host's theme, fonts, language and safe area. */
function adapt({ theme, styles, locale: tag, safeAreaInsets }: McpUiHostContext): void {
  if (theme !== undefined) {
    applyDocumentTheme(theme);
  }
  if (styles?.variables !== undefined) {
    applyHostStyleVariables(styles.variables);
  }
  if (styles?.css?.fonts !== undefined) {
    applyHostFonts(styles.css.fonts);
  }
  if (tag !== undefined) {
    locale = localeOf(tag);
  }
  document.documentElement.lang = locale;
  if (safeAreaInsets !== undefined) {
    const { top, right, bottom, left } = safeAreaInsets;
    document.body.style.padding = `${top}px ${right}px ${bottom}px ${left}px`;
  }
  if (last === undefined) {
    view.words("progress", strings.waiting[locale]);
  }
}

function show(result: CallToolResult): void {
  stop();
  last = undefined;
  isModelInformed = false;
  const job = jobIdOf(result);
  if (job === null) {
    const [title = "", ...lines] = textsOf(result).join("\n").split("\n");
    view.words(result.isError ? "error" : "info", title, lines);
    return;
  }
  if (app.getHostCapabilities()?.serverTools === undefined) {
    const [title = "", ...lines] = textsOf(result).join("\n").split("\n");
    view.words(result.isError ? "error" : "info", title, lines);
    view.remark(strings.noPolling[locale]);
    return;
  }
  stop = followJob({
    app,
    job,
    locale: () => locale,
    onState(state) {
      isModelInformed ||= result.isError === true || tellsOf(result, state);
      last = state;
      view.remark("");
      view.job(state, locale);
      if (state.ended && !isModelInformed) {
        isModelInformed = true;
        informModel(state);
      }
    },
    onSilence: () => view.remark(strings.unreachable[locale]),
  });
}

/** Whether the tool's own result listed what was made. */
function tellsOf(result: CallToolResult, { media }: CardState): boolean {
  const said = textsOf(result).join("\n");
  return media.length > 0 && media.every(({ assetId }) => said.includes(assetId));
}

/** Sends one short text, so that the model knows without asking. */
function informModel({ job, title, lines, media }: CardState): void {
  if (app.getHostCapabilities()?.updateModelContext === undefined) {
    return;
  }
  const made = media.map(({ assetId, type, url }) => `${assetId} (${type})${url === null ? "" : ` ${url}`}`);
  const text = [`${job}: ${title}`, ...lines, ...made].join("\n");
  // If the host refuses, the model has to ask.
  app.updateModelContext({ content: [{ type: "text", text }] }).catch(() => {});
}
