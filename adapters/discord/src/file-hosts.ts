/** The hosts of uploaded files: Discord's own, and those of a local or proxy server. */
export function discordHosts(apiUrl: string | undefined): string[] {
  const own = ["cdn.discordapp.com", "media.discordapp.net"];
  return apiUrl === undefined ? own : [...own, new URL(apiUrl).host];
}
