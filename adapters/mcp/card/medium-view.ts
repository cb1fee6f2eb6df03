import type { App } from "@modelcontextprotocol/ext-apps";
import type { Locale } from "@toolcast/core";
import type { CardMedium } from "../src/card/card-state.ts";
import { element } from "./element.ts";
import { strings } from "./strings.ts";

/** The largest medium to read through the host when no address works, in bytes. */
const maxReadBytes = 4 * 1024 * 1024;

type Player = HTMLImageElement | HTMLAudioElement | HTMLVideoElement;

/**
 * One stored medium: shown from its address, otherwise from bytes read through the host, otherwise as a text with the
 * actions that the host allows.
 */
export function mediumView(app: App, medium: CardMedium, locale: Locale): HTMLElement {
  const stage = element("div", { className: "stage" });
  const figure = element("figure", {}, stage, element("figcaption", {}, medium.name, ...buttons(app, medium, locale)));
  const show = (source: string, onFailure: () => void) => {
    const player = playerFor(medium);
    player.addEventListener("error", onFailure, { once: true });
    player.src = source;
    stage.replaceChildren(player);
  };
  const withhold = () => {
    stage.replaceChildren(element("p", { className: "withheld remark" }, strings.withheld[locale]));
  };
  const readThroughHost = async () => {
    if (medium.bytes > maxReadBytes || app.getHostCapabilities()?.serverResources === undefined) {
      withhold();
      return;
    }
    try {
      const { contents } = await app.readServerResource({ uri: `media://${medium.assetId}` });
      const [content] = contents;
      if (content === undefined || !("blob" in content)) {
        throw new Error("the resource came without bytes");
      }
      show(`data:${medium.type};base64,${content.blob}`, withhold);
    } catch {
      withhold();
    }
  };
  if (medium.url === null) {
    stage.append(element("p", { className: "remark" }, strings.loading[locale]));
    void readThroughHost();
  } else {
    show(medium.url, () => void readThroughHost());
  }
  return figure;
}

function playerFor({ kind, alternative, width, height }: CardMedium): Player {
  const size = width === null || height === null ? {} : { width, height };
  switch (kind) {
    case "image":
      return element("img", { alt: alternative, ...size });
    case "video":
      return element("video", {
        controls: true,
        preload: "metadata",
        ariaLabel: alternative,
        playsInline: true,
        ...size,
      });
    case "audio":
      return element("audio", { controls: true, preload: "metadata", ariaLabel: alternative });
    default:
      return kind satisfies never;
  }
}

/** The actions that the host allows a page. */
function buttons(app: App, { url, name, type, bytes, assetId }: CardMedium, locale: Locale): HTMLElement[] {
  const capabilities = app.getHostCapabilities();
  const made: HTMLElement[] = [];
  const button = (label: string, press: () => Promise<unknown>) => {
    const pressed = element("button", { type: "button", ariaLabel: `${label}: ${name}` }, label);
    // The host reports its refusals itself.
    pressed.addEventListener("click", () => void press().catch(() => {}));
    made.push(pressed);
  };
  if (url !== null && capabilities?.openLinks !== undefined) {
    button(strings.open[locale], () => app.openLink({ url }));
  }
  if (capabilities?.downloadFile !== undefined) {
    const uri = url ?? `media://${assetId}`;
    button(strings.download[locale], () =>
      app.downloadFile({ contents: [{ type: "resource_link", uri, name, mimeType: type, size: bytes }] }),
    );
  }
  return made;
}
