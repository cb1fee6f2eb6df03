import { type MediaPlace, placesFor } from "./fitting.ts";
import { form, state } from "./store.ts";
import { t } from "./strings.ts";

/** Buttons that open a tool's form with this medium in one of its inputs. */
export function MediaPlaces({
  medium,
  onUse,
}: {
  medium: Parameters<typeof placesFor>[0] & { id: string };
  onUse: () => void;
}) {
  const places = placesFor(medium, state.value?.tools ?? []);
  const use = ({ tool, field }: MediaPlace) => {
    form.value = { command: tool.command, input: { [field.name]: medium.id } };
    onUse();
  };
  return places.length === 0 ? (
    <span class="muted">{t("fitsNowhere")}</span>
  ) : (
    places.map((place) => (
      <button key={place.tool.name + place.field.name} type="button" class="chip" onClick={() => use(place)}>
        {place.tool.title} · {place.field.title}
      </button>
    ))
  );
}
