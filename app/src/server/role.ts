/**
 * What a server does. `surfaces` receives requests and stores them; `worker` carries them out, and delivers what comes of
 * them to the surfaces.
 */
export type Role = (typeof roles)[number];

export const roles = ["all", "surfaces", "worker"] as const;

export function isRole(word: string): word is Role {
  return (roles as readonly string[]).includes(word);
}
