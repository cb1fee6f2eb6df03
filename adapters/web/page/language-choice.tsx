import { chooseLocale } from "./actions.ts";
import { locale } from "./locale.ts";
import { t } from "./strings.ts";

const languages = [
  ["en", "EN"],
  ["zh-CN", "中文"],
] as const;

/** English or Chinese: in the header if there is room, otherwise beside the jobs. */
export function LanguageChoice() {
  return (
    <fieldset class="languages">
      <legend class="visually-hidden">{t("language")}</legend>
      {languages.map(([tag, name]) => (
        <button
          key={tag}
          type="button"
          lang={tag}
          aria-pressed={locale.value === tag}
          onClick={() => chooseLocale(tag)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
