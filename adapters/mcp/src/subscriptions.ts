import { InMemoryServerEventBus, type McpServer, type ServerEventBus } from "@modelcontextprotocol/server";
import type { Caller, Job, Runtime } from "@toolcast/core";
import type { Connection } from "./connection.ts";

const uriOf = (job: Job) => `job://${job.id}`;

/** `resources/subscribe` of 2025-era clients: updates of the resources they named are sent on their own connection. */
export function serveSubscriptions(connection: Connection, runtime: Runtime): void {
  const { server } = connection.server;
  const wanted = new Set<string>();
  let unwatch: (() => void) | undefined;
  const stop = () => {
    unwatch?.();
    unwatch = undefined;
  };
  server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
    wanted.add(uri);
    unwatch ??= announce(connection, runtime, (changed) => wanted.has(changed));
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    wanted.delete(uri);
    if (wanted.size === 0) {
      stop();
    }
    return {};
  });
  onClose(connection.server, stop);
}

/**
 * On stdio the SDK keeps a 2026 client's subscriptions to itself and drops updates nobody asked for, so everything is
 * announced.
 */
export function announceAll(connection: Connection, runtime: Runtime): void {
  onClose(
    connection.server,
    announce(connection, runtime, () => true),
  );
}

function announce({ server, caller }: Connection, runtime: Runtime, isWanted: (uri: string) => boolean): () => void {
  return watchVisible(runtime, caller, (uri) => {
    if (isWanted(uri)) {
      // The connection may just be closing.
      server.server.sendResourceUpdated({ uri }).catch(() => {});
    }
  });
}

/** Owners are notified of their own jobs, operators of everybody's. */
function watchVisible(runtime: Runtime, caller: Caller, changed: (uri: string) => void): () => void {
  return runtime.watch((job) => {
    if (job.caller.id === caller.id || runtime.isOperator(caller)) {
      changed(uriOf(job));
    }
  });
}

function onClose({ server }: McpServer, act: () => void): void {
  const before = server.onclose;
  server.onclose = () => {
    act();
    before?.();
  };
}

/** The changes that one person's 2026 clients listen to over HTTP. Jobs are watched only while somebody listens. */
export function jobEvents(runtime: Runtime, caller: Caller): ServerEventBus {
  const bus = new InMemoryServerEventBus();
  let listeners = 0;
  let unwatch: (() => void) | undefined;
  return {
    publish: (event) => bus.publish(event),
    subscribe(listener) {
      const unsubscribe = bus.subscribe(listener);
      listeners += 1;
      unwatch ??= watchVisible(runtime, caller, (uri) => bus.publish({ kind: "resource_updated", uri }));
      let isSubscribed = true;
      return () => {
        unsubscribe();
        if (isSubscribed) {
          isSubscribed = false;
          listeners -= 1;
        }
        if (listeners === 0) {
          unwatch?.();
          unwatch = undefined;
        }
      };
    },
  };
}
