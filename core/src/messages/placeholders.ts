/**
 * The template with its placeholders (`{name}`) filled in. One without a value stays visible, and a placeholder inside
 * a value stays text.
 */
export function fillPlaceholders(template: string, textOf: (name: string) => string | undefined): string {
  return template.replaceAll(
    /( ?)\{(\w+)\}( ?)/g,
    (placeholder, before: string, name: string, after: string, at: number) => {
      const value = textOf(name);
      if (value === undefined) {
        return placeholder;
      }
      // Most templates have no space to decide about.
      const space = before !== "" && joins(template[at - 1], value[0]) ? "" : before;
      const next = after !== "" && joins(value.at(-1), template[at + placeholder.length]) ? "" : after;
      return `${space}${value}${next}`;
    },
  );
}

/**
 * Chinese is set apart from Latin words by a space, but not from Chinese; a template cannot know which its value is.
 */
function joins(left: string | undefined, right: string | undefined): boolean {
  return isChinese(left) && isChinese(right);
}

function isChinese(character: string | undefined): boolean {
  return character !== undefined && /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/.test(character);
}
