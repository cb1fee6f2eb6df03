import { Icon, type IconName } from "./icons.tsx";
import { isJobsOpen, state, type View, view } from "./store.ts";
import { type StringName, t } from "./strings.ts";

const views: readonly { name: View; icon: IconName; title: StringName; operatorsOnly?: true }[] = [
  { name: "search", icon: "search", title: "search" },
  { name: "gallery", icon: "gallery", title: "gallery" },
  { name: "voices", icon: "microphone", title: "voices" },
  { name: "operator", icon: "gauge", title: "operators", operatorsOnly: true },
];

/** Buttons for the other views: in the header if there is room, otherwise above the jobs. */
export function ViewButtons() {
  const isOperator = state.value?.person.operator === true;
  return (
    <nav class="views" aria-label={t("views")}>
      {views
        .filter(({ operatorsOnly }) => operatorsOnly !== true || isOperator)
        .map(({ name, icon, title }) => (
          <button
            key={name}
            type="button"
            class="quiet small"
            onClick={() => {
              view.value = name;
              isJobsOpen.value = false;
            }}
          >
            <Icon name={icon} />
            {t(title)}
          </button>
        ))}
    </nav>
  );
}
