import type { AppsManifestValidateArguments } from "@slack/web-api";
import type { Clock } from "@toolcast/core/engine";
import type { Ids } from "./ids.ts";
import type { World } from "./world.ts";

/** An app as its manifest describes it. */
export type Manifest = AppsManifestValidateArguments["manifest"];

/** The app as it is installed here. */
export interface InstalledApp {
  readonly id: string;
  readonly name: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly verificationToken: string;
  readonly manifest: Manifest;
  /** The scopes that the workspace granted. */
  readonly scopes: Set<string>;
  readonly appScopes: Set<string>;
  readonly organisationInstall: boolean;
  state: "installed" | "revoked" | "uninstalled";
}

/** What all parts of the server share. */
export interface Base {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly world: World;
  readonly app: InstalledApp;
  /** Notifies those who wait for something that may just have changed. */
  readonly changed: () => void;
}

export interface Place {
  readonly id: string;
  readonly domain: string;
  readonly enterprise_id?: string;
  readonly enterprise_name?: string;
}

/** The workspace in the form that interactions use. */
export function teamPlace({ world }: Base): Place {
  const { team, enterprise } = world;
  return {
    id: team.id,
    domain: team.domain,
    ...(enterprise === null ? {} : { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
  };
}

export function enterprisePart({ world, app }: Base): {
  is_enterprise_install: boolean;
  enterprise?: { id: string; name: string };
} {
  return {
    is_enterprise_install: app.organisationInstall,
    ...(world.enterprise === null ? {} : { enterprise: { ...world.enterprise } }),
  };
}
