/** Discord's limits, from its documentation; rates that it does not publish are observed ones. */
export const discordLimits = {
  acknowledgeWithinMs: 3_000,
  tokenLivesMs: 15 * 60_000,
  followUpsWhenUserInstalled: 5,
  nonceRememberedMs: 5 * 60_000,
  nonceCharacters: 25,
  contentCharacters: 2_000,
  embeds: 10,
  embedCharacters: 6_000,
  attachments: 10,
  requestBytes: 25 * 1024 * 1024,
  fileLinkLivesMs: 24 * 3_600_000,
  components: 40,
  componentsTextCharacters: 4_000,
  editsOfOldMessages: { olderThanMs: 3_600_000, count: 3, windowMs: 20_000 },
  commandCreatesADay: 200,
  invalidRequests: { count: 10_000, windowMs: 600_000 },
  gatewayPayloadBytes: 4_096,
  gatewayEvents: { count: 120, windowMs: 60_000 },
  resumeWithinMs: 180_000,
} as const;

/** A bucket: this many requests in this period. */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
}
