import type { VendorName } from "@toolcast/sandbox";
import type { CatalogEntry } from "../../core/src/errors/catalog.ts";
import type { Failure } from "../../core/src/errors/errors.ts";
import type { Operation, OperationContext, Output } from "../../core/src/providers/operation.ts";
import type { ProviderDefinition, ProviderInstance } from "../../core/src/providers/provider.ts";

/** One operation of a provider under the contract. */
export interface OperationDescriptor<Request> {
  name: string;
  /** The paid start, as the sandbox calls it. */
  startEndpoint: string;
  /** The question about it; absent when the start is always the end. */
  checkEndpoint?: string;
  /** The layer of the catalogue its refusals belong to. */
  layer: string;
  /** When a start without an answer is given up, in milliseconds. Default 60,000. */
  startTimeoutMs?: number;
  /** What a failure after the start says of the charge. Default `unknown`. */
  chargedOnFailure?: Failure["charged"];
  /** What a refusal of the content check says of the charge, where it is known. Default as in the catalogue. */
  chargedOnContent?: Failure["charged"];
  /** What such a failure advises. Default `never`. */
  retryOnFailure?: Failure["retry"]["kind"];
  /** Whether the vendor gives words for it. Default true. */
  failsWithWords?: boolean;
  /** A good answer to the start holds nothing, so that one without a payload is no trouble. Default false. */
  answersNothing?: boolean;
  /** Codes that come with the whole result, as a warning. Default none. */
  warningCodes?: string[];
  /** The gateway answers before the request itself is sent, so that what it says begins nothing. Default false. */
  opensFirst?: boolean;
  /** Settings this operation is made with, beside the sandbox's. */
  variables?: Record<string, string>;
  operation(provider: ProviderInstance): Operation<Request>;
  /** What is asked for; what it needs at the vendor (a trained voice) is made here, before each test. */
  request(provider: ProviderInstance, context: OperationContext): Request | Promise<Request>;
  /** What the result must be like. */
  expectOutput(output: Output): void;
}

/** A provider under the contract. */
export interface ProviderDescriptor<Settings> {
  vendor: VendorName;
  definition: ProviderDefinition<Settings>;
  /** The variable that holds its address. */
  addressVariable: string;
  /** The variables whose values must never be seen. */
  secretVariables: string[];
  /** Codes after which the vendor has made and charged the result all the same. */
  codesAfterTheWork: string[];
  /** The sandbox's marker for an entry of the catalogue. Default its code. */
  markerOf?: (entry: CatalogEntry) => string;
  /** The address at which the vendor fetches a medium. */
  addressOf?: OperationContext["addressOf"];
  /** The bytes of a medium that is sent along. */
  read?: OperationContext["read"];
  operations: ((operation: <Request>(descriptor: OperationDescriptor<Request>) => void) => void)[];
}
