import type { Json, Message } from "@toolcast/core";
import { useState } from "preact/hooks";
import { submit } from "./actions.ts";
import { FormField } from "./form-field.tsx";
import { MessageView } from "./message-view.tsx";
import { Sheet } from "./sheet.tsx";
import { form, toolNamed } from "./store.ts";
import { t } from "./strings.ts";

/** A tool's form, drawn from the tool's description of its inputs. */
export function ToolForm({ command, input }: { command: string; input: Record<string, Json> }) {
  const [values, setValues] = useState<Record<string, unknown>>(input);
  const [problem, setProblem] = useState<{ message: Message; field?: string } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const tool = toolNamed(command);
  const close = () => {
    form.value = null;
  };
  if (tool === undefined) {
    return null;
  }
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const filled = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
    const result = await submit(command, Object.fromEntries(filled));
    setBusy(false);
    if (result === null) {
      close();
      return;
    }
    setProblem(result);
    if (result.field !== undefined) {
      const control = document.getElementById(`field-${result.field}`);
      control?.focus({ preventScroll: true });
      control?.scrollIntoView({ block: "center" });
    }
  };
  const isKnownField = tool.fields.some(({ name }) => name === problem?.field);
  return (
    <Sheet kind="side" title={tool.title} subtitle={tool.summary} onClose={close}>
      <form class="tool-form" noValidate onSubmit={(event) => void send(event)}>
        {tool.fields.map((field) => (
          <FormField
            key={field.name}
            command={tool.command}
            field={field}
            value={values[field.name]}
            problem={problem?.field === field.name ? problem.message.title : undefined}
            onChange={(value) => {
              setValues((before) => ({ ...before, [field.name]: value }));
              // What the server said was about the value before.
              setProblem((before) => (before?.field === field.name ? null : before));
            }}
          />
        ))}
        {problem !== null && !isKnownField && (
          <div class={`message ${problem.message.tone}`} role="alert">
            <MessageView message={problem.message} />
          </div>
        )}
        <div class="form-end">
          <button type="submit" class="primary" disabled={isBusy}>
            {t(tool.effect === "reads" ? "submitReads" : "submit")}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
