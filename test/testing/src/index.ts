/**
 * The door for authors who test a plugin: the contracts that everything built in keeps too, the types that describe the
 * part under test, and the doubles they run on. Everything exported here is in the test folders and imports nothing of
 * ours but the doors of core.
 */

// A chat surface.
export { chatContract } from "../../contracts/chat-contract.ts";
export type {
  ChatAct,
  ChatInput,
  ChatPerson,
  ChatPlatform,
  ChatProcess,
  ChatRoom,
  ChatUpload,
  ShownMessage,
} from "../../contracts/chat-room.ts";
// A store of jobs with its inbox.
export { leaseMs, type OpenEngine, type OpenedEngine, pollMs } from "../../contracts/engine-fixture.ts";
export { jobEngineContract } from "../../contracts/job-engine-contract.ts";
// A provider.
export { providerContract } from "../../contracts/provider-contract.ts";
export type { ContractVendor, OperationDescriptor, ProviderDescriptor } from "../../contracts/provider-descriptor.ts";
// A surface of any kind.
export { type OpenedSurface, surfaceContract } from "../../contracts/surface-contract.ts";
// Media, and an HTTP client that serves them.
export { createFixtureHttp, fixture } from "../../doubles/fixture-media.ts";
// The tools a provider receives, and its vendor.
export {
  createAsset,
  createOperationContext,
  createProviderTools,
  createSharedState,
  type SharedState,
} from "../../doubles/provider-tools.ts";
export {
  type ArrivedRequest,
  closedAddress,
  type RawVendor,
  type Reply,
  startRawVendor,
} from "../../doubles/raw-vendor.ts";
export {
  createScriptedProvider,
  type ScriptedProvider,
  usualOutput,
  type VendorStart,
} from "../../doubles/scripted-provider.ts";
export {
  createScriptedSurface,
  type Posted,
  type ScriptedSend,
  type ScriptedSurface,
  type ScriptedSurfaceOptions,
} from "../../doubles/scripted-surface.ts";
export {
  startVendorServer,
  type VendorEndpoint,
  type VendorServer,
  type VendorServerOptions,
} from "../../doubles/vendor-server.ts";
// Time and random numbers.
export { createManualClock, type ManualClock } from "../../manual-clock.ts";
// A store in memory, and processes that can die while using it.
export {
  createMemoryEngine,
  createMemoryStore,
  type MemoryEngineOptions,
  type MemoryStore,
} from "../../memory-engine.ts";
export { createMortalProcess, type Effect, type MortalProcess } from "../../mortal-process.ts";
// An installation with a scripted provider and a clock that the test moves.
export {
  createInstallation,
  type Installation,
  type OpenOptions,
  type RunningProcess,
  settle,
  startJob,
  upload,
} from "../../runtime-fixture.ts";
export { sampleJob } from "../../sample-job.ts";
export { createSeededRandom } from "../../seeded-random.ts";
