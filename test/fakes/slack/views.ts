import { isObject, type JsonObject } from "../json.ts";
import { SlackError } from "./api-error.ts";
import { withIdentifiers } from "./block-rules.ts";
import type { Base } from "./context.ts";
import { slackLimits } from "./limits.ts";
import { everyObject } from "./mrkdwn.ts";

/** A modal or home view that a person has open. */
export interface OpenView {
  readonly id: string;
  readonly userId: string;
  readonly rootId: string;
  readonly previousId: string | null;
  hash: string;
  /** As given by the app, with identifiers filled in. */
  given: JsonObject;
  /** What was entered, by block id and action id. */
  readonly values: Map<string, Map<string, JsonObject>>;
}

export interface Views {
  /** The stack of views in a person's client; the last one is visible. */
  stack(userId: string): readonly OpenView[];
  top(userId: string): OpenView | null;
  home(userId: string): OpenView | null;
  byId(id: string): OpenView | null;
  byExternalId(externalId: string): OpenView | null;
  open(userId: string, given: JsonObject): OpenView;
  push(userId: string, given: JsonObject): OpenView;
  publish(userId: string, given: JsonObject): OpenView;
  update(view: OpenView, given: JsonObject): void;
  /** Closes the top view, or the whole stack. */
  close(userId: string, everything: boolean): OpenView[];
  payload(view: OpenView): JsonObject;
}

export function createViews({ ids, world, app, changed }: Base): Views {
  const stacks = new Map<string, OpenView[]>();
  const homes = new Map<string, OpenView>();

  function make(userId: string, given: JsonObject, under: OpenView | null): OpenView {
    const id = ids.next("V");
    const view: OpenView = {
      id,
      userId,
      rootId: under?.rootId ?? id,
      previousId: under?.id ?? null,
      hash: "",
      given: {},
      values: new Map(),
    };
    fill(view, given);
    return view;
  }

  /** Values of inputs that still exist, by both identifiers, are kept. */
  function fill(view: OpenView, given: JsonObject): void {
    const external = given.external_id;
    const owner = typeof external === "string" ? views.byExternalId(external) : null;
    if (owner !== null && owner !== view) {
      throw new SlackError("duplicate_external_id");
    }
    view.given = { ...given, blocks: withIdentifiers(given.blocks as JsonObject[], () => ids.secret()) };
    view.hash = `${ids.ts()}.${ids.secret()}`;
    const kept = new Map<string, Set<string>>();
    for (const block of view.given.blocks as JsonObject[]) {
      const actions = everyObject(block).flatMap(({ action_id: action }) =>
        action === undefined ? [] : [String(action)],
      );
      kept.set(String(block.block_id), new Set(actions));
    }
    for (const [blockId, values] of view.values) {
      for (const actionId of values.keys()) {
        if (!(kept.get(blockId)?.has(actionId) ?? false)) {
          values.delete(actionId);
        }
      }
    }
    changed();
  }

  const everyView = () => [...[...stacks.values()].flat(), ...homes.values()];

  const views: Views = {
    stack: (userId) => stacks.get(userId) ?? [],
    top: (userId) => stacks.get(userId)?.at(-1) ?? null,
    home: (userId) => homes.get(userId) ?? null,
    byId: (id) => everyView().find((view) => view.id === id) ?? null,
    byExternalId: (id) => everyView().find(({ given }) => given.external_id === id) ?? null,
    open(userId, given) {
      const view = make(userId, given, null);
      stacks.set(userId, [view]);
      changed();
      return view;
    },
    push(userId, given) {
      const stack = stacks.get(userId) ?? [];
      const under = stack.at(-1);
      if (under === undefined) {
        throw new SlackError("not_found");
      }
      if (stack.length >= slackLimits.view.stack) {
        throw new SlackError("push_limit_reached");
      }
      const view = make(userId, given, under);
      stack.push(view);
      changed();
      return view;
    },
    publish(userId, given) {
      const known = homes.get(userId);
      if (known !== undefined) {
        fill(known, given);
        return known;
      }
      const view = make(userId, given, null);
      homes.set(userId, view);
      return view;
    },
    update: fill,
    close(userId, everything) {
      const stack = stacks.get(userId) ?? [];
      const closed = everything ? stack.splice(0) : stack.splice(-1);
      changed();
      return closed;
    },
    payload(view) {
      const { given } = view;
      const values = [...view.values].map(([blockId, actions]) => [blockId, Object.fromEntries(actions)] as const);
      return {
        id: view.id,
        team_id: world.team.id,
        type: given.type,
        blocks: given.blocks,
        private_metadata: given.private_metadata ?? "",
        callback_id: given.callback_id ?? "",
        state: { values: Object.fromEntries(values) },
        hash: view.hash,
        title: isObject(given.title) ? { emoji: true, ...given.title } : { type: "plain_text", text: "View Title" },
        close: given.close ?? null,
        submit: given.submit ?? null,
        clear_on_close: given.clear_on_close ?? false,
        notify_on_close: given.notify_on_close ?? false,
        previous_view_id: view.previousId,
        root_view_id: view.rootId,
        external_id: given.external_id ?? "",
        app_id: app.id,
        app_installed_team_id: world.team.id,
        bot_id: app.botId,
      };
    },
  };
  return views;
}
