import { bytes, percent } from "./format.ts";
import { Icon } from "./icons.tsx";
import { form, looseFile, state } from "./store.ts";
import { t } from "./strings.ts";

/** A file that came without a form: which input of which tool shall have it? */
export function LooseFile() {
  const file = looseFile.value;
  if (file === null) {
    return null;
  }
  const tools = state.value?.tools ?? [];
  const places =
    "id" in file
      ? tools.flatMap((tool) =>
          tool.fields.filter((field) => field.limits?.kind === file.kind).map((field) => ({ tool, field })),
        )
      : [];
  return (
    <div class="loose-file">
      <Icon name="file" />
      {"progress" in file ? (
        <span>
          {file.name} · {t("uploading", { percent: percent(file.progress) })}
        </span>
      ) : (
        <>
          <span>
            {t("useFileIn", { name: file.name })} <span class="muted">({bytes(file.bytes)})</span>
          </span>
          {places.map(({ tool, field }) => (
            <button
              key={tool.name + field.name}
              type="button"
              class="chip"
              onClick={() => {
                form.value = { command: tool.command, input: { [field.name]: file.id } };
                looseFile.value = null;
              }}
            >
              {tool.title} · {field.title}
            </button>
          ))}
        </>
      )}
      <button
        type="button"
        class="quiet icon-only tiny"
        aria-label={t("removeFile")}
        onClick={() => {
          looseFile.value = null;
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
