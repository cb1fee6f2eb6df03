import type { shellNames } from "./choices.ts";
import type { CompletionPlace, OptionValue } from "./completion-tree.ts";

/** Writes the completion of one shell. */
export const completionScripts: Record<(typeof shellNames)[number], (places: readonly CompletionPlace[]) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** How a place is written in the scripts: each word after a space; empty for the program itself. */
const keyOf = ({ path }: CompletionPlace) => path.map((word) => ` ${word}`).join("");

/** Without quotes and line breaks in it, and short enough for a line of a menu. */
const shortened = (summary: string) => (summary.split("\n")[0] ?? "").slice(0, 120);

/** For bash and zsh. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** In fish a backslash escapes inside single quotes too. */
const fishQuoted = (text: string) => `'${text.replaceAll(/[\\']/g, "\\$&")}'`;

/** The places that are commands, as a pattern of `case`. */
const commandPattern = (places: readonly CompletionPlace[]) =>
  places
    .filter(({ path }) => path.length > 0)
    .map((place) => quoted(keyOf(place)))
    .join("|");

/** Every place's options that take a value, as the pattern under which they were typed. */
function valueCases(places: readonly CompletionPlace[], action: (value: OptionValue) => string): string {
  return places
    .flatMap((place) =>
      place.options.flatMap(({ names, value }) =>
        value.kind === "none"
          ? []
          : [`    ${names.map((name) => quoted(`${keyOf(place)} ${name}`)).join("|")}) ${action(value)} ;;`],
      ),
    )
    .join("\n");
}

const optionNames = ({ options }: CompletionPlace) => options.flatMap(({ names }) => names);

function bashScript(places: readonly CompletionPlace[]): string {
  const values = valueCases(places, (value) => {
    switch (value.kind) {
      case "words":
        return `COMPREPLY=($(compgen -W ${quoted(value.words.join("\n"))} -- "$current")); return`;
      case "file":
        return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); return`;
      case "folder":
        return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")); return`;
      default:
        return "return";
    }
  });
  const words = places.map(
    (place) =>
      `    ${quoted(keyOf(place))}) words=${quoted(place.words.map(({ word }) => word).join("\n"))}; options=${quoted(optionNames(place).join("\n"))} ;;`,
  );
  return `# Completion of toolcast for bash: eval "$(toolcast completion bash)"
_toolcast() {
  local IFS=$'\\n'
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" place="" words="" options="" index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$place \${COMP_WORDS[index]}" in
      ${commandPattern(places)}) place="$place \${COMP_WORDS[index]}" ;;
    esac
  done
  case "$place $previous" in
${values}
  esac
  case "$place" in
${words.join("\n")}
  esac
  case "$current" in
    -*) words="$options" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _toolcast toolcast
`;
}

function zshScript(places: readonly CompletionPlace[]): string {
  const values = valueCases(places, (value) => {
    switch (value.kind) {
      case "words":
        return `compadd -- ${value.words.map(quoted).join(" ")}; return`;
      case "file":
        return "_files; return";
      case "folder":
        return "_files -/; return";
      default:
        return "return 1";
    }
  });
  const described = (word: string, summary: string) =>
    quoted(`${word.replaceAll(":", "\\:")}${summary === "" ? "" : `:${shortened(summary)}`}`);
  const lists = places.map((place) => {
    const words = place.words.map(({ word, summary }) => described(word, summary));
    const options = place.options.flatMap(({ names, summary }) => names.map((name) => described(name, summary)));
    return `    ${quoted(keyOf(place))}) found=(${words.join(" ")}); options=(${options.join(" ")}) ;;`;
  });
  return `#compdef toolcast
# Completion of toolcast for zsh: source <(toolcast completion zsh)
_toolcast() {
  local current="$words[CURRENT]" previous="$words[CURRENT-1]" place="" index
  local -a found options
  for ((index = 2; index < CURRENT; index++)); do
    case "$place $words[index]" in
      ${commandPattern(places)}) place="$place $words[index]" ;;
    esac
  done
  case "$place $previous" in
${values}
  esac
  case "$place" in
${lists.join("\n")}
  esac
  if [[ "$current" == -* ]]; then
    _describe -o option options
  else
    _describe command found
  fi
}
if [ "$funcstack[1]" = "_toolcast" ]; then
  _toolcast "$@"
else
  compdef _toolcast toolcast
fi
`;
}

function fishScript(places: readonly CompletionPlace[]): string {
  const lines = places.flatMap((place) => {
    const start = `complete -c toolcast -n ${fishQuoted(`__toolcast_at ${fishQuoted(keyOf(place))}`)}`;
    return [
      ...place.words.map(({ word, summary }) => `${start} -a ${fishQuoted(word)} -d ${fishQuoted(shortened(summary))}`),
      ...place.options.map(({ names, summary, value }) => {
        const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
        return `${start} ${flags.join(" ")}${fishValue(value)} -d ${fishQuoted(shortened(summary))}`;
      }),
    ];
  });
  const commands = places.filter(({ path }) => path.length > 0).map((place) => fishQuoted(keyOf(place)));
  return `# Completion of toolcast for fish: toolcast completion fish | source
function __toolcast_at
    set -l place ""
    for word in (commandline -opc)[2..-1]
        switch "$place $word"
            case ${commands.join(" ")}
                set place "$place $word"
        end
    end
    test "$place" = "$argv[1]"
end
complete -c toolcast -f
${lines.join("\n")}
`;
}

function fishValue(value: OptionValue): string {
  switch (value.kind) {
    case "none":
      return "";
    case "words":
      return ` -x -a ${fishQuoted(value.words.join(" "))}`;
    case "file":
      return " -r -F";
    case "folder":
      return " -x -a '(__fish_complete_directories)'";
    case "text":
      return " -x";
    default:
      return value satisfies never;
  }
}
