import type { Manifest } from "./context.ts";
import { eventScopes } from "./events.ts";
import { slackLimits } from "./limits.ts";

/** The faults for which Slack refuses a pasted manifest; empty if it accepts it. */
export function manifestProblems({ features, oauth_config: oauth, settings }: Manifest): string[] {
  const problems: string[] = [];
  const limits = slackLimits.manifest;
  const add = (wrong: boolean, problem: string) => {
    if (wrong) {
      problems.push(problem);
    }
  };
  const commands = features?.slash_commands ?? [];
  add(commands.length > limits.commands, `more than ${limits.commands} commands`);
  for (const { command, description, usage_hint: hint } of commands) {
    add(!/^\/[^\s/]+$/.test(command) || command.length > limits.commandName, `${command} is not a command name`);
    add(command !== command.toLowerCase(), `${command} is not lower case`);
    add(description.length < 1 || description.length > limits.description, `${command}: description`);
    add((hint ?? "").length > limits.usageHint, `${command}: usage_hint`);
  }
  add(new Set(commands.map(({ command }) => command)).size < commands.length, "a command stands there twice");
  const shortcuts = features?.shortcuts ?? [];
  add(shortcuts.length > limits.shortcuts, `more than ${limits.shortcuts} shortcuts`);
  for (const { callback_id: id, name, description } of shortcuts) {
    add(id.length > limits.callbackId || name.length > 24 || description.length > 150, `shortcut ${id}`);
  }
  const scopes = (oauth?.scopes?.bot ?? []) as readonly string[];
  add(
    (commands.length > 0 || shortcuts.length > 0) && !scopes.includes("commands"),
    "commands need the scope commands",
  );
  for (const event of (settings?.event_subscriptions?.bot_events ?? []) as readonly string[]) {
    const scope = eventScopes[event];
    add(scope === undefined, `unknown event ${event}`);
    add(typeof scope === "string" && !scopes.includes(scope), `event ${event} needs the scope ${scope}`);
  }
  return problems;
}
