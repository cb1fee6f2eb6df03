import type { ViewsOpenResponse } from "@slack/web-api";
import type { Handlers, Parts } from "./api-call.ts";
import { SlackError } from "./api-error.ts";
import type { Arguments } from "./arguments.ts";
import { pictureRule } from "./message-blocks.ts";
import { checkView } from "./view-rules.ts";
import type { OpenView } from "./views.ts";

type ViewMethods = "views.open" | "views.publish" | "views.push" | "views.update";

export function viewHandlers(parts: Parts): Handlers<ViewMethods> {
  const { views, triggers, files, world, app } = parts;
  const answer = (view: OpenView) => ({ view: views.payload(view) as ViewsOpenResponse["view"] });
  const given = (values: Arguments, type: "modal" | "home" = "modal") =>
    checkView(values.structure("view"), type, pictureRule(files));

  function triggerOf(values: Arguments): string {
    if (!values.has("trigger_id") && !values.has("interactivity_pointer")) {
      throw new SlackError("invalid_arguments");
    }
    return values.optional("trigger_id") ?? values.string("interactivity_pointer");
  }

  function fresh(view: OpenView, values: Arguments): OpenView {
    if (values.has("hash") && values.string("hash") !== view.hash) {
      throw new SlackError("hash_conflict");
    }
    return view;
  }

  return {
    "views.open"(values) {
      const view = given(values);
      return answer(views.open(triggers.exchange(triggerOf(values)), view));
    },
    "views.push"(values) {
      const view = given(values);
      return answer(views.push(triggers.exchange(triggerOf(values)), view));
    },
    "views.update"(values) {
      const named = values.has("view_id")
        ? views.byId(values.string("view_id"))
        : views.byExternalId(values.string("external_id"));
      if (named === null) {
        throw new SlackError("not_found");
      }
      const view = given(values, named.given.type === "home" ? "home" : "modal");
      views.update(fresh(named, values), view);
      return answer(named);
    },
    "views.publish"(values) {
      if (app.manifest.features?.app_home?.home_tab_enabled !== true) {
        throw new SlackError("not_enabled");
      }
      const userId = values.string("user_id");
      if (!world.users.has(userId)) {
        throw new SlackError("invalid_arguments");
      }
      const view = given(values, "home");
      const known = views.home(userId);
      if (known !== null) {
        fresh(known, values);
      }
      return answer(views.publish(userId, view));
    },
  };
}
