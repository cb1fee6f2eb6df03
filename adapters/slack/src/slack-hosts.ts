/** The hosts where Slack takes files and answers: its own, and that of a local or proxy server. */
export function slackHosts(apiUrl: string | undefined): string[] {
  return ["hooks.slack.com", "slack.com", ...slackFileHosts(apiUrl)];
}

/** The only hosts that get the bot's token when a file is loaded: hosts that an operator trusts for links get none. */
export function slackFileHosts(apiUrl: string | undefined): string[] {
  const own = ["files.slack.com"];
  return apiUrl === undefined ? own : [...own, new URL(apiUrl).host];
}
