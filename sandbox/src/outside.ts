import type { Agent } from "undici";

let own: Promise<{ fetch: typeof import("undici").fetch; dispatcher: Agent }> | undefined;

/**
 * Requests to other servers. They name their own connections: whoever uses a `Response` first may have made Node's
 * built-in client the process's common one, and that one fails an assertion, which ends the process, when a server
 * closes the connection while we are slower to write a body than it is to send it.
 */
export async function fetchOutside(
  address: string,
  init: Omit<import("undici").RequestInit, "dispatcher"> = {},
): Promise<import("undici").Response> {
  own ??= import("undici").then(({ Agent: Connections, fetch }) => ({ fetch, dispatcher: new Connections() }));
  const { fetch, dispatcher } = await own;
  return fetch(address, { ...init, dispatcher });
}
