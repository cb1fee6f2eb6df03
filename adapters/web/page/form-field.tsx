import type { FieldDescription } from "@toolcast/core";
import { useEffect, useState } from "preact/hooks";
import { MediaField } from "./media-field.tsx";
import { server } from "./server.ts";
import { t } from "./strings.ts";

const completeDelayMs = 150;

export interface FieldProps {
  command: string;
  field: FieldDescription;
  value: unknown;
  /** What the server said about it. */
  problem: string | undefined;
  onChange: (value: unknown) => void;
}

/** One input of a tool with its label, its sentence and its mistake. */
export function FormField(props: FieldProps) {
  const { field, problem } = props;
  const id = `field-${field.name}`;
  const describedBy = [`${id}-summary`, ...(problem === undefined ? [] : [`${id}-problem`])].join(" ");
  const shared = {
    id,
    name: field.name,
    "aria-describedby": describedBy,
    "aria-invalid": problem !== undefined,
    "aria-required": field.required,
  };
  return (
    <div class={`field ${problem === undefined ? "" : "wrong"} ${field.kind}`}>
      <label for={id}>
        {field.title} <span class="need">{t(field.required ? "required" : "optional")}</span>
      </label>
      <Control {...props} shared={shared} />
      <p id={`${id}-summary`} class="summary">
        {field.summary}
      </p>
      {problem !== undefined && (
        <p id={`${id}-problem`} class="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

type Shared = {
  id: string;
  name: string;
  "aria-describedby": string;
  "aria-invalid": boolean;
  "aria-required": boolean;
};

function Control({ shared, ...props }: FieldProps & { shared: Shared }) {
  const { field, onChange } = props;
  const value = props.value === undefined ? "" : String(props.value);
  const onInput = ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value);
  switch (field.kind) {
    case "text":
      if (field.completes === true) {
        return <SuggestedText {...props} shared={shared} />;
      }
      return field.multiline === true || (field.maxLength ?? 0) > 200 ? (
        <textarea {...shared} rows={4} value={value} onInput={onInput} />
      ) : (
        <input {...shared} type="text" value={value} autoComplete="off" onInput={onInput} />
      );
    case "integer":
    case "decimal":
      return (
        <input
          {...shared}
          type="number"
          value={value}
          min={field.minimum}
          max={field.maximum}
          step={field.kind === "integer" ? 1 : "any"}
          onInput={onInput}
        />
      );
    case "flag":
      return (
        <input
          {...shared}
          type="checkbox"
          checked={props.value === true || value === "true"}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <select {...shared} value={value} onChange={onInput}>
          {!field.required && <option value="">{t("noChoice")}</option>}
          {field.required && value === "" && <option value="" />}
          {field.choices?.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.title}
            </option>
          ))}
        </select>
      );
    case "media":
      return <MediaField {...props} id={shared.id} describedBy={shared["aria-describedby"]} />;
    default:
      return field.kind satisfies never;
  }
}

/** Text with suggestions of the tool, asked for as one types. */
function SuggestedText({ command, field, value, onChange, shared }: FieldProps & { shared: Shared }) {
  const [suggestions, setSuggestions] = useState<{ value: string; label: string }[]>([]);
  const partial = value === undefined ? "" : String(value);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const answer = await server.complete(command, field.name, partial).catch(() => ({ suggestions: [] }));
      if (isCurrent) {
        setSuggestions(answer.suggestions);
      }
    }, completeDelayMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [command, field.name, partial]);
  return (
    <>
      <input
        {...shared}
        type="text"
        list={`${shared.id}-suggestions`}
        autoComplete="off"
        value={partial}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <datalist id={`${shared.id}-suggestions`}>
        {suggestions.map((suggestion) => (
          <option key={suggestion.value} value={suggestion.value}>
            {suggestion.label}
          </option>
        ))}
      </datalist>
    </>
  );
}
