import type { APIMethodReturn, APIMethods } from "@gramio/types";
import type { Parameters } from "./parameters.ts";

/** The result of a method according to `@gramio/types`; anything newer is not checked at compile time. */
type Result<Name extends string> = Name extends keyof APIMethods ? APIMethodReturn<Name> : unknown;

export type Handler<Name extends string = string> = (
  parameters: Parameters,
  /** Aborted when the caller hangs up. */
  closed: AbortSignal,
) => Result<Name> | Promise<Result<Name>>;

export type NewMethod = "setMySettings";

export type Handlers = { readonly [Name in keyof APIMethods]?: Handler<Name> } & {
  readonly [Name in NewMethod]?: Handler;
};
