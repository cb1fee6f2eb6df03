import { submit } from "./actions.ts";
import { firstText } from "./first-text.ts";
import { form, remark, state } from "./store.ts";
import { t } from "./strings.ts";
import { WholeWords } from "./whole-words-text.tsx";

/** Shown in an empty conversation: examples to start with one press, and every command. */
export function Welcome() {
  const { tools = [], sandbox } = state.value ?? {};
  const starters = sandbox?.starters ?? [];
  return (
    <div class="welcome">
      <h2>{t("emptyTitle")}</h2>
      <p class="muted">{t("emptyHint")}</p>
      {starters.length > 0 && (
        <>
          <h3>{t("tryIt")}</h3>
          <div class="starters">
            {starters.map((starter) => (
              <button
                key={starter.title}
                type="button"
                class="starter"
                onClick={async () => {
                  const problem = await submit(starter.command, starter.input);
                  remark.value = problem?.message ?? null;
                }}
              >
                <span class="starter-title">{starter.title}</span>
                <span class="muted">
                  /{starter.command} {firstText(starter.input)}
                </span>
              </button>
            ))}
          </div>
        </>
      )}
      <h3>{t("allTools")}</h3>
      <ul class="tools">
        {tools.map((tool) => (
          <li key={tool.name}>
            <button
              type="button"
              onClick={() => {
                form.value = { command: tool.command, input: {} };
              }}
            >
              <span class="command">/{tool.command}</span>
              <span class="tool-text">
                <WholeWords text={tool.title} />
                <span class="muted">
                  <WholeWords text={tool.summary} />
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
