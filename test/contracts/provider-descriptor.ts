import type { CatalogEntry, Failure } from "@toolcast/core/errors";
import type {
  Operation,
  OperationContext,
  Output,
  ProviderDefinition,
  ProviderInstance,
} from "@toolcast/core/provider";

/** The vendor of a contract's provider, on this machine: behaves as the real one does, and misbehaves when told to. */
export interface ContractVendor {
  /** The settings, by variable, with which the provider talks to it. */
  environment: Readonly<Record<string, string>>;
  /** Forgets what it began, what it was told and its clock's skew. */
  reset(): void;
  /**
   * The next request to an endpoint misbehaves:
   *
   * - `drop-before-accept`: the connection is cut, and nothing has begun;
   * - `drop-after-accept`, `malformed`, `giant`, `no-payload`, `hang`: what was asked for is begun and charged, but the answer
   *   is cut, unreadable, endless, without content, or never comes;
   * - `http 404` and other statuses: nothing but that status, and nothing has begun;
   * - `fail: WORDS`: begun, and later failed with these words;
   * - anything else is a code of the vendor's: refused with it.
   */
  misbehave(order: { endpoint: string; marker: string }): void;
  /** How many paid starts it has taken since the last reset, at one endpoint or at all. */
  paidStarts(endpoint?: string): number;
  /** Moves its clock against the machine's, in milliseconds. Leave it out where the vendor looks at no clock. */
  skewClock?(ms: number): void;
  /** Every token given so far stops working. Leave it out where the vendor gives none. */
  expireTokens?(): void;
  close(): Promise<void>;
}

/** One operation of a provider under the contract. */
export interface OperationDescriptor<Request> {
  /** What the tests are called by. */
  name: string;
  /** The paid start, as the vendor of the contract calls it. */
  startEndpoint: string;
  /** The question about it; absent when the start is always the end. */
  checkEndpoint?: string;
  /** The layer of the catalogue its refusals belong to. Default `api`, where all codes of a plugin's provider are. */
  layer?: string;
  /** When a start without an answer is given up, in milliseconds. Default 60,000. */
  startTimeoutMs?: number;
  /** What a failure after the start says of the charge. Default `unknown`. */
  chargedOnFailure?: Failure["charged"];
  /** What a refusal of the content check says of the charge, where it is known. Default as in the catalogue. */
  chargedOnContent?: Failure["charged"];
  /** What such a failure advises. Default `never`. */
  retryOnFailure?: Failure["retry"]["kind"];
  /** Whether the vendor gives words for it. Default true. */
  failsWithMessage?: boolean;
  /** A good answer to the start holds nothing, so that one without a payload is no trouble. Default false. */
  answersNothing?: boolean;
  /** Codes that come with the whole result, as a warning. Default none. */
  warningCodes?: string[];
  /** The gateway answers before the request itself is sent, so that what it says begins nothing. Default false. */
  opensFirst?: boolean;
  /** Settings this operation is made with, beside those of the vendor. Default none. */
  variables?: Record<string, string>;
  /** The operation of a made provider. */
  operation(provider: ProviderInstance): Operation<Request>;
  /** What is asked for; what it needs at the vendor (a trained voice) is made here, before each test. */
  request(provider: ProviderInstance, context: OperationContext): Request | Promise<Request>;
  /** What the result must be like. */
  expectOutput(output: Output): void;
}

/** A provider under the contract. */
export interface ProviderDescriptor<Settings> {
  /** Opens the vendor once for all tests; it is reset before each. */
  openVendor(): Promise<ContractVendor>;
  /** What `defineProvider` gave. */
  definition: ProviderDefinition<Settings>;
  /** The variable that holds its address. */
  addressVariable: string;
  /** The variables whose values must never be seen. */
  secretVariables: string[];
  /** Codes after which the vendor has made and charged the result all the same. Default none. */
  codesAfterTheWork?: string[];
  /** At least so many codes the catalogue must know for each operation. Default 0. */
  fewestCodes?: number;
  /** The vendor's marker for an entry of the catalogue. Default its code. */
  markerOf?: (entry: CatalogEntry) => string;
  /** The address at which the vendor fetches a medium. Default one at which nothing is. */
  addressOf?: OperationContext["addressOf"];
  /** The bytes of a medium that is sent along. Default none. */
  read?: OperationContext["read"];
  /** Each hands its descriptor on, so that every one has its own type of request. */
  operations: ((operation: <Request>(descriptor: OperationDescriptor<Request>) => void) => void)[];
}
