import { startSandbox, type VendorName } from "@toolcast/sandbox";
import type { ContractVendor } from "../contracts/provider-descriptor.ts";

/** A vendor of the sandbox in the form the provider contract needs. */
export function sandboxVendor(vendor: VendorName): () => Promise<ContractVendor> {
  return async () => {
    const sandbox = await startSandbox({ speed: 1000 });
    const { control } = sandbox;
    return {
      environment: sandbox.environment,
      reset: () => control.reset(),
      misbehave: (order) => control.next({ vendor, ...order }),
      paidStarts: (endpoint) =>
        sandbox.ledger().filter((line) => endpoint === undefined || line.endpoint === endpoint).length,
      skewClock: (skewMs) => control.clock({ skewMs }),
      expireTokens: () => control.expireTokens(),
      close: () => sandbox.close(),
    };
  };
}
