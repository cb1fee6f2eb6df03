import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";
import type { Order } from "./context.ts";
import { dashscopeEndpoints } from "./dashscope/routes.ts";
import { type Limits, limitsSchema } from "./limits.ts";
import { isMarker } from "./markers.ts";
import { openaiEndpoints } from "./openai/routes.ts";
import { sparkEndpoints } from "./spark/endpoints.ts";
import { xjcEndpoints } from "./xjc/routes.ts";

/** Controls the vendors' behaviour; `POST /control/...` does the same from outside. */
export interface Control {
  /** Forgets everything: ledger, jobs, voices, tokens, orders, limits and clock skew. */
  reset(): void;
  /** Changes some limits and keeps the others. A restart resets them to their defaults, except the balance. */
  limits(changes: Partial<Limits>): Limits;
  /** Shifts the vendors' clock from the machine's, in milliseconds: their `Date` headers and their time windows. */
  clock(skew: { skewMs: number }): void;
  /** Makes the next requests misbehave. */
  next(order: Omit<Order, "times"> & { times?: number }): void;
  /** Makes every xjc token issued so far stop working (20002). */
  expireTokens(): void;
}

const endpointsByVendor = {
  spark: sparkEndpoints,
  dashscope: dashscopeEndpoints,
  openai: openaiEndpoints,
  xjc: xjcEndpoints,
};

export const orderSchema = z
  .strictObject({
    vendor: z.enum(["spark", "dashscope", "openai", "xjc"]),
    endpoint: z.string().optional(),
    marker: z.string(),
    times: z.number().int().min(1).max(1_000_000).default(1),
  })
  .superRefine((order, check) => {
    if (order.endpoint !== undefined && !endpointsByVendor[order.vendor].includes(order.endpoint)) {
      check.addIssue({
        code: "custom",
        path: ["endpoint"],
        message: `use one of / 可用：${endpointsByVendor[order.vendor].join(", ")}`,
      });
    }
    if (!isMarker(order.marker, order.vendor)) {
      check.addIssue({
        code: "custom",
        path: ["marker"],
        message: "no such marker for this vendor, see sandbox/README.md / 该服务商没有这个标记，见 sandbox/README.md",
      });
    }
  });

export const clockSchema = z.strictObject({ skewMs: z.number().min(-1e11).max(1e11) });

export function controlRoutes(control: Control): Hono<{ Bindings: HttpBindings }> {
  const routes = new Hono<{ Bindings: HttpBindings }>();
  const register = <Input>(path: string, schema: z.ZodType<Input>, act: (input: Input) => unknown) =>
    routes.post(path, async (exchange) => {
      const text = await exchange.req.text();
      const parsed = schema.safeParse(text === "" ? {} : parseJson(text));
      if (parsed.success) return exchange.json({ ok: true, result: act(parsed.data) ?? null });
      const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
      return exchange.json({ ok: false, problems }, 400);
    });
  const nothing = z.strictObject({});
  register("/reset", nothing, () => control.reset());
  register("/limits", limitsSchema, (changes) => control.limits(changes));
  register("/clock", clockSchema, (skew) => control.clock(skew));
  register("/next", orderSchema, (order) => control.next(order));
  register("/expire-tokens", nothing, () => control.expireTokens());
  return routes;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
