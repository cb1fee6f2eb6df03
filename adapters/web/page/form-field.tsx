import type { ControlProps, FieldProps } from "./field-props.ts";
import { MediaField } from "./media-field.tsx";
import { t } from "./strings.ts";
import { SuggestedText } from "./suggested-text.tsx";

/** One input of a tool with its label, description and error. */
export function FormField(props: FieldProps) {
  const { field, problem, value } = props;
  const isFilled = value !== undefined && value !== "";
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
        {field.title}{" "}
        {!(field.required && isFilled) && <span class="need">{t(field.required ? "required" : "optional")}</span>}
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

function Control({ shared, ...props }: ControlProps) {
  const { field, onChange } = props;
  const value = props.value === undefined ? "" : String(props.value);
  const onInput = ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value);
  switch (field.kind) {
    case "text":
      if (field.completes === true) {
        return <SuggestedText {...props} shared={shared} />;
      }
      return field.multiline === true || (field.maxLength ?? 0) > 200 ? (
        <textarea {...shared} rows={field.required ? 3 : 2} value={value} onInput={onInput} />
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
