import { textStreamContract } from "../contracts/text-stream-contract.ts";
import { speakingProviders } from "../doubles/speaking-vendor.ts";

for (const provider of speakingProviders) {
  textStreamContract(provider);
}
