import { fixture, startVendorServer, type VendorServer } from "@toolcast/testing";

/** Inkpress, on this machine. */
export interface InkpressVendor extends VendorServer {
  /** Every poster that was started, by its headline. */
  begun: string[];
  /** The most posters in progress at once. */
  mostAtOnce(): number;
  /** The address given for finished posters; default: this server. */
  filesAt(url: string): void;
}

/**
 * Accepts one key; a poster takes `pressMs`. A headline that contains one of Inkpress's codes is refused with it,
 * `busy` only once.
 */
export async function startInkpress(key: string, { pressMs = 600 } = {}): Promise<InkpressVendor> {
  const begun: string[] = [];
  const posters = new Map<string, { end: number; failsWith?: string }>();
  const refused = new Set<string>();
  /** The poster of each key that was sent along. */
  const byKey = new Map<string, string>();
  const keyOf = ({ headers }: { headers: Record<string, unknown> }) => String(headers["idempotency-key"] ?? "");
  let most = 0;
  let files: string | undefined;
  const no = (status: number, code: string, message: string) => ({ status, body: { error: { code, message } } });
  const refusals: Record<string, ReturnType<typeof no>> = {
    WrongKey: no(401, "WrongKey", "nobody has this key"),
    NoInk: no(402, "NoInk", "the account has no ink left"),
    PressBusy: no(503, "PressBusy", "all presses are busy"),
    NoSuchPoster: no(404, "NoSuchPoster", "there is no such poster"),
  };

  const server = await startVendorServer({
    endpoints: {
      "POST /posters": {
        paid: (request) => !byKey.has(keyOf(request)),
        answer({ text, headers }, _parts, failsWith) {
          const known = byKey.get(keyOf({ headers }));
          if (known !== undefined) {
            return { body: { id: known } };
          }
          const { headline } = JSON.parse(text) as { headline: string };
          if (headline.includes("NoInk")) {
            return no(402, "NoInk", `the account of ${key} has no ink left`);
          }
          if (headline.includes("busy") && !refused.has(headline)) {
            refused.add(headline);
            return refusals.PressBusy!;
          }
          const id = `p${begun.push(headline)}`;
          const now = Date.now();
          if (keyOf({ headers }) !== "") {
            byKey.set(keyOf({ headers }), id);
          }
          posters.set(id, { end: now + pressMs, failsWith });
          most = Math.max(most, [...posters.values()].filter(({ end }) => end > now).length);
          return { body: { id } };
        },
      },
      "GET /posters/:id": {
        answer(_request, { id = "" }) {
          const poster = posters.get(id);
          if (poster === undefined) {
            return refusals.NoSuchPoster!;
          }
          if (poster.failsWith !== undefined) {
            return { body: { state: "failed", error: { code: "Torn", message: poster.failsWith } } };
          }
          const isDone = Date.now() >= poster.end;
          return {
            body: isDone ? { state: "done", url: `${files ?? server.url}/files/${id}.png` } : { state: "pressing" },
          };
        },
      },
      "GET /account": { answer: () => ({ body: { owner: "Gutenberg", sheets: 42 } }) },
      "GET /files/:name": { answer: () => ({ body: fixture("picture.png"), contentType: "image/png" }) },
    },
    turnAway: ({ path, headers }) =>
      path.startsWith("/files/") || headers.authorization === `Bearer ${key}` ? undefined : refusals.WrongKey,
    refuse: (code) => refusals[code]!,
    reset() {
      begun.length = 0;
      posters.clear();
      byKey.clear();
      refused.clear();
    },
  });
  return {
    ...server,
    begun,
    mostAtOnce: () => most,
    filesAt(url) {
      files = url;
    },
  };
}
