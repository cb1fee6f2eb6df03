import type { CatalogEntry, Failure } from "@toolcast/core/errors";
import type {
  Operation,
  OperationContext,
  Output,
  ProviderDefinition,
  ProviderInstance,
} from "@toolcast/core/provider";

/** The local vendor that a provider under contract talks to: behaves like the real one, or misbehaves as ordered. */
export interface ContractVendor {
  /** The settings, by variable, with which the provider talks to it. */
  environment: Readonly<Record<string, string>>;
  /** Forgets what it began, any ordered misbehaviour and its clock's skew. */
  reset(): void;
  /**
   * The next request to an endpoint misbehaves:
   *
   * - `drop-before-accept`: the connection is cut, and nothing has begun;
   * - `drop-after-accept`, `malformed`, `giant`, `no-payload`, `hang`: the request is begun and charged, but the answer
   *   is cut, unreadable, endless, without content, or never comes;
   * - `http 404` and other statuses: only that status, and nothing has begun;
   * - `fail: WORDS`: begun, and later failed with these words;
   * - anything else is one of the vendor's codes, with which the request is refused.
   */
  misbehave(order: { endpoint: string; marker: string }): void;
  /** How many paid starts it has accepted since the last reset, at one endpoint or in total. */
  paidStarts(endpoint?: string): number;
  /** Shifts its clock against the machine's, in milliseconds. Leave it out if the vendor checks no clock. */
  skewClock?(ms: number): void;
  /** Invalidates every token issued so far. Leave it out if the vendor issues none. */
  expireTokens?(): void;
  close(): Promise<void>;
}

/** One operation of a provider under the contract. */
export interface OperationDescriptor<Request> {
  /** Its name in the test titles. */
  name: string;
  /** The paid start, as the vendor of the contract calls it. */
  startEndpoint: string;
  /** The question about its progress. Left out if the start always gives the final answer. */
  checkEndpoint?: string;
  /** The catalogue layer its refusals belong to. Default `api`, the layer of all codes of a plugin's provider. */
  layer?: string;
  /** How long a start may stay unanswered before it is given up, in milliseconds. Default 60,000. */
  startTimeoutMs?: number;
  /** What a failure after the start says about the charge. Default `unknown`. */
  chargedOnFailure?: Failure["charged"];
  /** What a refusal by the content check says about the charge, if that is known. Default as in the catalogue. */
  chargedOnContent?: Failure["charged"];
  /** The retry advice of such a failure. Default `never`. */
  retryOnFailure?: Failure["retry"]["kind"];
  /** Whether the vendor's message for it is passed on. Default true. */
  failsWithMessage?: boolean;
  /** A good answer to the start is empty, so an answer without a payload is no error. Default false. */
  answersNothing?: boolean;
  /** Codes that come as a warning along with the whole result. Default none. */
  warningCodes?: string[];
  /** The gateway answers before the request itself is sent, so nothing has begun when it refuses. Default false. */
  opensFirst?: boolean;
  /** The variable that holds the address of this operation. Default: the provider's. */
  addressVariable?: string;
  /** False if the vendor cannot fetch media from here, which this operation can do without. Default true. */
  canBeReached?: boolean;
  /** Settings for this operation beyond those of the vendor. Default none. */
  variables?: Record<string, string>;
  /** This operation of a given provider. */
  operation(provider: ProviderInstance): Operation<Request>;
  /** The request; anything it needs at the vendor (a trained voice) is made here, before each test. */
  request(provider: ProviderInstance, context: OperationContext): Request | Promise<Request>;
  /** Checks the result. */
  expectOutput(output: Output): void;
}

/** A provider under the contract. */
export interface ProviderDescriptor<Settings> {
  /** Opens the vendor once for all tests; it is reset before each. */
  openVendor(): Promise<ContractVendor>;
  /** What `defineProvider` returned. */
  definition: ProviderDefinition<Settings>;
  /** The variable that holds the vendor's address. */
  addressVariable: string;
  /** The variables whose values must never be visible anywhere. */
  secretVariables: string[];
  /** Codes after which the vendor has nevertheless made and charged the result. Default none. */
  codesAfterTheWork?: string[];
  /** How many codes the catalogue must know at least for each operation; a whole number. Default 0. */
  fewestCodes?: number;
  /** The vendor's marker for an entry of the catalogue. Default its code. */
  markerOf?: (entry: CatalogEntry) => string;
  /** The address at which the vendor fetches a medium. Default an address with nothing behind it. */
  addressOf?: OperationContext["addressOf"];
  /** The bytes of a medium that is sent with the request. Default none. */
  read?: OperationContext["read"];
  /** Each passes its descriptor on, which lets every operation have its own request type. */
  operations: ((operation: <Request>(descriptor: OperationDescriptor<Request>) => void) => void)[];
}
