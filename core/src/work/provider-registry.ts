import { PolicyError, UsageError } from "../errors/errors.ts";
import type { Json } from "../ground/json.ts";
import type { Capability } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { SpendingTool } from "../tools/tool.ts";
import { planAt, planSteps } from "./steps.ts";

/** The configured providers, in the operator's order. */
export class ProviderRegistry {
  readonly all: readonly Provider[];

  constructor(providers: readonly Provider[]) {
    this.all = providers;
  }

  find(id: string): Provider | undefined {
    return this.all.find((provider) => provider.id === id);
  }

  /** Those that can do every step; throws one sentence when none can. */
  able(tool: SpendingTool, input: Record<string, Json>): readonly Provider[] {
    const able = this.all.filter((provider) => planSteps(tool, { input, plan: planAt(provider) }, provider) !== null);
    if (able.length === 0) {
      const capabilities = tool.capabilities(input) as Capability[];
      throw new PolicyError({ key: "provider.none", values: { capability: capabilities.join(", ") } });
    }
    return able;
  }

  /** The one of that id; throws when it is not here or cannot do every step. */
  named(tool: SpendingTool, input: Record<string, Json>, id: string): Provider {
    const able = this.all.filter((provider) => planSteps(tool, { input, plan: planAt(provider) }, provider) !== null);
    const provider = able.find((candidate) => candidate.id === id);
    if (provider === undefined) {
      const names = able.map((candidate) => candidate.id).join(", ") || "–";
      throw new UsageError(
        { key: "provider.unknown", values: { name: id, names } },
        "provider" in tool.input ? "provider" : undefined,
      );
    }
    return provider;
  }
}
