/** The hosts where Slack stores files and takes answers: its own, and that of a local or proxy server. */
export function slackHosts(apiUrl: string | undefined): string[] {
  const own = ["files.slack.com", "hooks.slack.com", "slack.com"];
  return apiUrl === undefined ? own : [...own, new URL(apiUrl).host];
}
