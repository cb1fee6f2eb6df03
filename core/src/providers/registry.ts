import { PolicyError, UsageError } from "../errors/errors.ts";
import { planSteps } from "../jobs/steps.ts";
import type { Json } from "../json.ts";
import type { SpendingTool } from "../tools/tool.ts";
import type { Capability } from "./operation.ts";
import type { Provider } from "./provider.ts";

/** The configured providers, in the operator's order. */
export class ProviderRegistry {
  readonly all: readonly Provider[];

  constructor(providers: readonly Provider[]) {
    this.all = providers;
  }

  find(id: string): Provider | undefined {
    return this.all.find((provider) => provider.id === id);
  }

  /** The named provider, or the first that can do all steps; throws one sentence why none can. */
  choose(tool: SpendingTool, input: Record<string, Json>, named: string | undefined): Provider {
    const able = this.all.filter((provider) => planSteps(tool, input, provider) !== null);
    if (named !== undefined) {
      const provider = able.find(({ id }) => id === named);
      if (provider === undefined) {
        throw new UsageError(
          { key: "provider.unknown", values: { name: named, names: able.map(({ id }) => id).join(", ") || "–" } },
          "provider" in tool.input ? "provider" : undefined,
        );
      }
      return provider;
    }
    const [first] = able;
    if (first === undefined) {
      const capabilities = tool.capabilities(input) as Capability[];
      throw new PolicyError({ key: "provider.none", values: { capability: capabilities.join(", ") } });
    }
    return first;
  }
}
