import { InMemoryServerEventBus, type McpServer, type ServerEventBus } from "@modelcontextprotocol/server";
import type { Caller, Job, Runtime } from "@toolcast/core";
import type { Connection } from "./connection.ts";

const uriOf = (job: Job) => `job://${job.id}`;

/** What a client is subscribed to, where other processes that it may reach know it too. */
export interface KeptSubscriptions {
  add(uri: string): Promise<void>;
  remove(uri: string): Promise<void>;
  /** Tells of everything the client is subscribed to, whenever that may have changed. */
  follow(changed: (uris: readonly string[]) => void): void;
}

/** `resources/subscribe` of 2025-era clients: updates of the resources they named are sent on their own connection. */
export function serveSubscriptions(connection: Connection, runtime: Runtime, kept?: KeptSubscriptions): void {
  const { server } = connection.server;
  const wanted = new Set<string>();
  let unwatch: (() => void) | undefined;
  const stop = () => {
    unwatch?.();
    unwatch = undefined;
  };
  const add = (uri: string) => {
    wanted.add(uri);
    unwatch ??= announce(connection, runtime, (changed) => wanted.has(changed));
  };
  const remove = (uri: string) => {
    wanted.delete(uri);
    if (wanted.size === 0) {
      stop();
    }
  };
  kept?.follow((uris) => {
    for (const uri of wanted) {
      if (!uris.includes(uri)) {
        remove(uri);
      }
    }
    uris.forEach(add);
  });
  server.setRequestHandler("resources/subscribe", async ({ params: { uri } }) => {
    await kept?.add(uri);
    add(uri);
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", async ({ params: { uri } }) => {
    await kept?.remove(uri);
    remove(uri);
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
