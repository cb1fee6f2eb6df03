import type { EventHub, HubEvent, Subscription } from "./event-hub.ts";

/** A page that falls this many events behind is disconnected; it reconnects and asks for what it missed. */
const maxWaitingEvents = 1_000;

/** The hub's events as `text/event-stream`, until either side ends it. */
export function eventStream(hub: EventHub, signal: AbortSignal, wanted: Omit<Subscription, "send" | "end">): Response {
  const encoder = new TextEncoder();
  let unsubscribe: (() => void) | undefined;
  let isOver = false;
  const end = () => {
    isOver = true;
    unsubscribe?.();
    signal.removeEventListener("abort", end);
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      async start(controller) {
        signal.addEventListener("abort", end, { once: true });
        const send = (event: HubEvent) => {
          if (isOver) {
            return;
          }
          controller.enqueue(encoder.encode(format(event)));
          if ((controller.desiredSize ?? 0) < -maxWaitingEvents) {
            close();
          }
        };
        const close = () => {
          if (!isOver) {
            end();
            controller.close();
          }
        };
        controller.enqueue(encoder.encode("retry: 1000\n\n"));
        unsubscribe = await hub.subscribe({ ...wanted, send, end: close });
        if (isOver) {
          unsubscribe();
        }
      },
      cancel: end,
    },
    { highWaterMark: 1 },
  );
  return new Response(stream, {
    headers: { "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no" },
  });
}

function format(event: HubEvent): string {
  if (event.event === "heartbeat") {
    return ": still here\n\n";
  }
  const id = event.event === "entry" ? `id: ${event.id}\n` : "";
  return `${id}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`;
}
