/** The chat platforms of a run; each is also the id of its surface. */
export const platformIds = ["discord", "slack", "telegram"] as const;
export type PlatformId = (typeof platformIds)[number];
