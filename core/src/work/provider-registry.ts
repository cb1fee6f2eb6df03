import type { Provider } from "../providers/provider.ts";

/** The configured providers, in the operator's order. */
export class ProviderRegistry {
  readonly all: readonly Provider[];

  constructor(providers: readonly Provider[]) {
    this.all = providers;
  }

  find(id: string): Provider | undefined {
    return this.all.find((provider) => provider.id === id);
  }
}
