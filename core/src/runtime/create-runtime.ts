import { join } from "node:path";
import { Deliverer } from "../delivery/delivery.ts";
import { PolicyError, UsageError } from "../errors/errors.ts";
import type { LocalizedText } from "../ground/locale.ts";
import { silentLogger } from "../ground/logger.ts";
import { readSubject } from "../job/decision.ts";
import type { Schedule } from "../job/engine.ts";
import { runExclusively } from "../job/exclusive.ts";
import type { Job, Notice } from "../job/job.ts";
import { JobStore } from "../job/job-store.ts";
import { JobWatch } from "../job/job-watch.ts";
import { isInOpenJob } from "../job/media-in-use.ts";
import { missingParts } from "../job/missing-parts.ts";
import { onlyStore, releasedStore } from "../job/store-identity.ts";
import { jobJson } from "../job-view/job-json.ts";
import { jobName } from "../job-view/job-message.ts";
import { questionOf } from "../job-view/job-question.ts";
import { KeptMessages } from "../job-view/kept-messages.ts";
import { MediaLinks } from "../media/media-links.ts";
import { createRelay } from "../media/relay.ts";
import { serveAsset } from "../media/serve-asset.ts";
import { SmallerRecordings } from "../media/smaller-recordings.ts";
import { createMediaStore, readFrom } from "../media/store.ts";
import { say } from "../messages/sentence.ts";
import { Policy } from "../money/policy.ts";
import type { Caller, Place } from "../people/caller.ts";
import type { OperationContext } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import { Deletions } from "../state/deletions.ts";
import { withCheckedRoutes } from "../surface/check-routes.ts";
import type { MessageDetail } from "../surface/message-detail.ts";
import type { Surface, SurfaceLimits } from "../surface/surface.ts";
import { builtInTools } from "../tools/built-in-tools.ts";
import { explainError } from "../tools/explain-error.ts";
import type { InputOf } from "../tools/field.ts";
import { withOptionalVoices } from "../tools/optional-voices.ts";
import type { Tool } from "../tools/tool.ts";
import { VoiceBook } from "../voices/voice-book.ts";
import { Circuits } from "../work/circuits.ts";
import { Estimates } from "../work/estimates.ts";
import { checkSoon } from "../work/late-looks.ts";
import { Preparer } from "../work/preparer.ts";
import { ProviderChoice } from "../work/provider-choice.ts";
import { ProviderRegistry } from "../work/provider-registry.ts";
import { SizeWarning } from "../work/size-warning.ts";
import { Worker } from "../work/worker.ts";
import { beganWith, recordBeginning } from "./began-with.ts";
import { Callbacks } from "./callbacks.ts";
import { Calls } from "./calls.ts";
import { ClockSteps } from "./clock-steps.ts";
import { ConditionProbe } from "./condition.ts";
import type { EarlierProbableCharges } from "./earlier-probable-charges.ts";
import { Eraser } from "./eraser.ts";
import { findJob } from "./find-job.ts";
import { createFitting } from "./fitting.ts";
import { Housekeeping } from "./housekeeping.ts";
import { JobRemover } from "./job-remover.ts";
import { JobRetention } from "./job-retention.ts";
import { Presses } from "./presses.ts";
import { RecordCheck } from "./record-check.ts";
import { Remover } from "./remover.ts";
import type { PressRequest, Reply, Runtime } from "./runtime.ts";
import type { RuntimeOptions } from "./runtime-options.ts";
import { startProvider } from "./start-provider.ts";
import { createToolContexts } from "./tool-contexts.ts";
import { createWorkerSigns, noWorkerSigns } from "./worker-signs.ts";

const dayMs = 24 * 60 * 60_000;
/**
 * Longer than the longest start may take (300 seconds, for results in DashScope's answer), so that stopping never cuts
 * one off.
 */
const drainMs = 305_000;

/** Wires tools, providers, engine, media, delivery and policy into a {@link Runtime}; has no rules of its own. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { engine, state, clock, random, http, publicUrl } = options;
  const logger = options.logger ?? silentLogger;
  const identity = options.identity ?? onlyStore;
  const localUrl = options.localUrl ?? (() => null);
  const retentionMs = (options.retentionDays ?? 30) * dayMs;

  const began = await beganWith({ engine, state });
  const policy = new Policy(options.policy);
  const store = new JobStore(engine, clock, (instant) => policy.dayOf(instant));
  const deletions = new Deletions({ notes: state.keyv("deletions"), unfinished: state.keyv("unfinished-deletions") });
  const voices = new VoiceBook(
    state.keyv("voices"),
    (work) => runExclusively({ engine, clock, random }, "voices", work),
    deletions,
    () => providers.all,
  );
  const clockSteps = new ClockSteps(state.keyv("installation"), clock, logger);
  const estimates = new Estimates(state.keyv("estimates"));
  const mediaState = state.keyv("media");
  const media = createMediaStore({
    directory: join(options.dataDirectory, "media"),
    bucket: options.mediaBucket,
    state: mediaState,
    clock,
    random,
    http,
    retentionMs,
  });
  const providers = new ProviderRegistry(
    options.providers.map((one) => startProvider(one, { engine, state, http, clock, random, logger, began })),
  );
  const tools = withOptionalVoices(options.tools ?? builtInTools, voices.presets());
  const surfaces = new Map<string, Surface>();

  const away = new Map<string, () => LocalizedText | null>();
  const workers = options.hasRoles === true ? createWorkerSigns({ engine, clock, logger }) : noWorkerSigns;
  const condition = new ConditionProbe({ engine, identity, media, workers, away, clock, random });
  const records = new RecordCheck({ engine, media, deletions, clock, retentionMs });
  const { jobRetentionDays = 90 } = options;
  const jobs = new JobRetention({ store, media, policy, clock, logger, retentionDays: jobRetentionDays });
  const housekeeping = new Housekeeping({
    ...{ engine, media, records, clockSteps, jobs, clock, logger },
    condition: () => condition.read(),
  });

  let earlierCharges: EarlierProbableCharges | undefined;

  const isServed = async (assetId: string) => {
    const asset = await media.read(assetId);
    return asset !== null && (clock.now() - asset.createdAt < retentionMs || (await isInOpenJob(engine, asset)));
  };
  const relayFor = (baseUrl: () => string | null) =>
    createRelay({ store: media, state: mediaState, key: options.secretKey, baseUrl, isServed });
  const publicRelay = relayFor(() => publicUrl ?? null);
  const localRelay = relayFor(localUrl);
  const links = new MediaLinks({ store: media, clock, key: options.secretKey, baseUrl: () => publicUrl ?? localUrl() });
  const fit = createFitting({ media, links, recordings: new SmallerRecordings(media, logger) });
  const callbacks = new Callbacks(options.secretKey, (jobId) => checkSoon(jobId, store, clock));
  const baseUrlFor = (provider: Provider) => (provider.onLoopback ? (localUrl() ?? publicUrl) : publicUrl) ?? null;

  const preparer = new Preparer({ media, voices, deletions, canReach: (provider) => baseUrlFor(provider) !== null });
  const sizeWarning = new SizeWarning({ media, voices, limitsOf, hasLinks: () => links.reachElsewhere });
  const circuits = new Circuits(state.keyv("circuits"), clock);
  const choice = new ProviderChoice({ registry: providers, preparer, circuits, logger });
  const jobOf = (id: string, caller: Caller) => findJob(id, caller, { engine, policy });
  const spendingTool = (name: string) => {
    const tool = tools.find((candidate) => candidate.name === name);
    return tool?.effect === "spends" ? tool : undefined;
  };
  const nameOf = (job: Job, caller: Caller) => jobName({ job, caller, tool: spendingTool(job.tool), logger });
  const mayUse = (tool: Tool, caller: Caller) => policy.mayUse(tool, caller) && !policy.isForOthers(tool, caller);
  const messages = new KeptMessages();
  const message = (job: Job, caller: Caller, extra: { notice?: Notice; detail?: MessageDetail } = {}) =>
    messages.of({
      job,
      storeIsHeld: identity.held() !== null,
      isSandbox: options.sandbox ?? false,
      caller,
      operator: policy.isOperator(caller),
      tool: spendingTool(job.tool),
      tools: tools.filter((tool) => mayUse(tool, caller)),
      ...{ providers, media, voices, deletions, estimates, logger },
      retentionMs,
      now: clock.now(),
      ...extra,
    });
  const deliverer = new Deliverer({
    store,
    identity,
    surface: (id) => surfaces.get(id),
    message: (job, caller, notice) => message(job, caller, { notice }),
    fit,
    clock,
    random,
    logger,
  });
  const worker = new Worker({
    store,
    identity,
    tools: spendingTool,
    providers,
    media,
    voices,
    policy,
    preparer,
    sizeWarning,
    choice,
    circuits,
    deliverer,
    estimates,
    operationContext,
    clock,
    random,
    logger,
  });
  const presses = new Presses({ store, policy, clock, tools });
  const remover = new Remover({
    ...{ engine, identity, media, voices, deletions, clock, logger },
    provider: (id) => providers.find(id),
    nameOf: (job) => nameOf(job, job.caller),
  });
  const eraser = new Eraser({
    ...{ store, media, remover, presses, clock, logger, state: state.keyv("erasures") },
    surface: (id) => surfaces.get(id),
  });
  const jobRemover = new JobRemover({
    ...{ store, media, remover, clock, logger, state: state.keyv("job-deletions") },
    surface: (id) => surfaces.get(id),
    nameOf: (job) => nameOf(job, job.caller),
  });
  const toolContext = createToolContexts({
    nameOf,
    ...{ jobRemover, engine, policy, tools, providers, voices, media, deletions },
    ...{ remover, eraser, clock, message, jobOf, mayUse },
    cancel: (job, caller) => presses.cancel(job, caller),
    retentionDays: retentionMs / dayMs,
    jobRetentionDays,
  });
  const calls = new Calls({
    ...{ tools, store, identity, providers, choice, preparer, sizeWarning },
    ...{ policy, media, voices, clock, random, logger },
    context: toolContext,
    message: (job, caller) => message(job, caller),
  });
  const watch = new JobWatch(store, clock);
  let schedule: Schedule | undefined;

  function limitsOf(place: Place): SurfaceLimits | null {
    const surface = surfaces.get(place.surface);
    return surface === undefined || surface.pulled || place.pulled
      ? null
      : (surface.limitsAt?.(place) ?? surface.limits);
  }

  function operationContext(job: Job, provider: Provider, signal: AbortSignal): OperationContext {
    const baseUrl = baseUrlFor(provider);
    const relay = baseUrl === publicUrl ? publicRelay : localRelay;
    return {
      callerId: job.caller.id,
      ...(job.state.phase === "starting" ? { startKey: job.state.attempt } : {}),
      read: (asset) => media.bytes(asset),
      open: (asset) => readFrom(() => media.wholeFile(asset)),
      addressOf: (asset) => relay.publish(asset),
      canBeReached: baseUrl !== null,
      ...(baseUrl === null ? {} : { callbackUrl: callbacks.addressOf(job.id, baseUrl) }),
      signal,
    };
  }

  async function pressed({ action, subject, caller }: PressRequest): Promise<Reply> {
    try {
      const { jobId, question } = readSubject(subject);
      const job = await jobOf(jobId, caller);
      if (job === null) {
        throw (await engine.read(jobId)) === null
          ? new UsageError({ key: "job.not-found", values: { id: jobId } })
          : new PolicyError({ key: "action.asker-only" });
      }
      const failure = job.state.phase === "failed" ? job.state.failure : missingParts(job)[0]?.failure;
      if (action === "explain" && failure !== undefined) {
        const { vendorCode = "", provider = job.provider } = failure;
        const explained = { text: vendorCode, provider } satisfies InputOf<typeof explainError.input>;
        return await calls.call({ tool: explainError.name, input: explained, caller });
      }
      if (action === "details") {
        return { type: "answer", message: await message(job, caller, { detail: "timeline" }), data: jobJson(job) };
      }
      const changed = await presses.press(job, action, caller, question);
      return { type: "job", job: changed, message: await message(changed, caller), repeated: false };
    } catch (error) {
      return calls.refused(error, caller);
    }
  }

  /** Fits a reply to its place; a program takes everything. */
  async function fitReply(reply: Reply, { place, locale }: Caller): Promise<Reply> {
    const surface = surfaces.get(place.surface);
    return surface === undefined
      ? reply
      : { ...reply, message: await fit(reply.message, surface.limitsAt?.(place) ?? surface.limits, locale) };
  }

  return {
    tools,
    providers: providers.all,
    media,
    inbox: engine.inbox,
    call: async (request) => fitReply(await calls.call(request), request.caller),

    quote: (request) => calls.quote(request),

    async press({ action, subject, caller }) {
      return fitReply(await pressed({ action, subject, caller }), caller);
    },

    acknowledged: (jobId, receipt) => store.acknowledge(jobId, receipt),

    async complete(name, field, partial, caller) {
      const { suggestValues } = await import("../tools/suggest-values.ts");
      return suggestValues(calls.find(name), field, partial, toolContext(caller));
    },

    job: jobOf,
    ordered: (key, caller, request) => calls.ordered(key, caller, request),
    jobs: async ({ conversation, phases, limit }, caller) => {
      const found = await engine.list({
        ...(policy.isOperator(caller) && conversation === undefined ? {} : { owner: caller.id }),
        conversation,
        phases,
        limit,
      });
      return found.filter(({ erased }) => !erased);
    },
    jobMessage: (job, caller, detail = "usual") => message(job, caller, { detail }),
    question: (job, caller) => questionOf(job, caller, policy.isOperator(caller)),
    jobJson,

    async asset(id, caller) {
      return policy.isOperator(caller) ? media.read(id) : media.owned(id, caller.id);
    },

    async preview(asset, bounds) {
      const { preview } = await import("../media/preview.ts");
      return preview(asset, bounds, media);
    },
    mediaLink: (asset) => links.linkTo(asset),
    fit,
    gallery: (caller, limit) => media.list(caller.id, limit),
    ownVoices: async (caller) => (await import("./own-voices.ts")).ownVoices(toolContext(caller)),
    async remove(request, caller) {
      const { removeOwn } = await import("./own-things.ts");
      return removeOwn(request, toolContext(caller), (error) => void calls.refused(error, caller));
    },
    isOperator: (caller) => policy.isOperator(caller),
    mayUse,
    async overview(caller) {
      if (!policy.isOperator(caller)) {
        throw new PolicyError({ key: "action.not-yours" });
      }
      const { ledgerDays, readOverview } = await import("./overview.ts");
      const since = policy.dayOf(clock.now() - ledgerDays * dayMs);
      return readOverview({ engine, identity, providers, circuits, since });
    },
    condition: () => condition.read(),
    held: () => identity.held(),
    clockStep: () => clockSteps.last(),
    recordAlarms: () => records.alarms(),
    watch: (listener) => watch.add(listener),
    settled: (jobId, signal) => watch.settled(jobId, signal),
    attach(surface, reason = () => null) {
      surfaces.set(surface.id, withCheckedRoutes(surface));
      away.set(surface.id, reason);
    },

    async handlePublic(request) {
      const { publicRequests } = await import("./public-requests.ts");
      return publicRequests(callbacks, links, publicRelay)(request);
    },
    serveAsset: (request, asset) => serveAsset(request, asset, media),

    async start() {
      await media.prepare();
      await recordBeginning(began, { state });
      const { warnOfNewIdentity } = await import("./new-identity.ts");
      await warnOfNewIdentity({ secretKey: options.secretKey, publicUrl, state, logger });
      identity.begin();
      const held = identity.held();
      if (held !== null) {
        logger.error({}, say(held, "en"));
      }
      if (options.advances === false) {
        workers.watch();
        return;
      }
      const earlier = await import("./earlier-probable-charges.ts");
      schedule = await engine.schedule({
        advance: (lease) => worker.advance(lease),
        surfaces: () => (identity.held() === null ? [releasedStore, ...surfaces.keys()] : []),
        onClockStep: (byMs) => clockSteps.note(byMs),
      });
      workers.work();
      housekeeping.start();
      await eraser.start();
      remover.start();
      jobRemover.start();
      earlierCharges ??= new earlier.EarlierProbableCharges({
        ...{ store, clock, logger, state: state.keyv("installation") },
      });
      earlierCharges.start();
    },

    async stop() {
      housekeeping.stop();
      eraser.stop();
      remover.stop();
      jobRemover.stop();
      earlierCharges?.stop();
      worker.stopStarting();
      await workers.stop();
      await schedule?.stop(drainMs);
      watch.close();
    },
  };
}
