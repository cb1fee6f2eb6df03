import type { Client, JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import {
  AppBridge,
  type McpUiHostCapabilities,
  type McpUiHostContext,
} from "@modelcontextprotocol/ext-apps/app-bridge";
import type { Page } from "playwright-core";

/** A client that shows cards: the extension's own host class, with the card in a sandboxed frame of a browser page. */
export interface CardHost {
  bridge: AppBridge;
  page: Page;
  /** The card's document in the frame. */
  card: ReturnType<Page["frameLocator"]>;
}

export interface CardHostOptions {
  page: Page;
  html: string;
  /** Answers the card's calls and reads; null if the test answers them. */
  client?: Client | null;
  capabilities?: McpUiHostCapabilities;
  context?: McpUiHostContext;
  /** The resource's `_meta.ui.csp.resourceDomains`. */
  resourceDomains?: readonly string[];
}

const hostUrl = "https://host.example/";
const cardUrl = "https://card.example/card.html";

const hostPage = `<!doctype html>
<html lang="en">
  <title>Host</title>
  <body style="margin: 0">
    <iframe id="card" title="card" sandbox="allow-scripts" style="border: 0; width: 100%; height: 700px"></iframe>
    <script>
      const frame = document.getElementById("card");
      function openCard(url) { frame.src = url; }
      function toCard(message) { frame.contentWindow.postMessage(message, "*"); }
      addEventListener("message", (event) => event.source === frame.contentWindow && fromCard(event.data));
    </script>`;

/** The functions of the host's page. */
interface HostWindow {
  openCard(url: string): void;
  toCard(message: unknown): void;
}

/** Everything a full host offers. */
export const fullCapabilities: McpUiHostCapabilities = {
  openLinks: {},
  downloadFile: {},
  serverTools: {},
  serverResources: {},
  updateModelContext: { text: {} },
};

/** Opens the host's page and prepares the frame; the card runs once `bridge` is connected by {@link showCard}. */
export async function showCard(
  options: CardHostOptions,
  prepare: (bridge: AppBridge) => void = () => {},
): Promise<CardHost> {
  const { page, html, client = null, capabilities = fullCapabilities, context = {}, resourceDomains = [] } = options;
  const sources = ["data:", ...resourceDomains].join(" ");
  await page.route(hostUrl, (route) => route.fulfill({ contentType: "text/html", body: hostPage }));
  await page.route(cardUrl, (route) =>
    route.fulfill({
      contentType: "text/html",
      headers: {
        "content-security-policy": `default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src ${sources}; media-src ${sources}`,
      },
      body: html,
    }),
  );
  await page.goto(hostUrl);
  const transport = await frameTransport(page);
  const bridge = new AppBridge(client, { name: "card-host", version: "1.0.0" }, capabilities, { hostContext: context });
  prepare(bridge);
  const initialized = new Promise<void>((resolve) => {
    bridge.oninitialized = () => resolve();
  });
  await bridge.connect(transport);
  await page.evaluate((url) => (globalThis as unknown as HostWindow).openCard(url), cardUrl);
  await initialized;
  return { bridge, page, card: page.frameLocator("#card") };
}

/** Passes messages between the host class, which runs here, and the frame, which runs in the browser. */
async function frameTransport(page: Page): Promise<Transport> {
  const transport: Transport = {
    async start() {
      await page.exposeFunction("fromCard", (message: JSONRPCMessage) => transport.onmessage?.(message));
    },
    async send(message) {
      await page.evaluate((sent) => (globalThis as unknown as HostWindow).toCard(sent), message);
    },
    async close() {
      transport.onclose?.();
    },
  };
  return transport;
}
