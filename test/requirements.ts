import { agentRequirements } from "./agent-requirements.ts";
import { chatRequirements } from "./chat-requirements.ts";
import { frontRequirements } from "./front-requirements.ts";

/**
 * Every promise Toolcast makes, one sentence each. A test cites the promises it proves by `verifies("id")`; a promise
 * that no test proves fails `test/guards/requirements.test.ts`, and so does an unknown id.
 */
export const requirements = {
  ...frontRequirements,
  ...chatRequirements,
  ...agentRequirements,

  "acknowledged.stored-first":
    "A request is stored before it is acknowledged, and acknowledged without waiting for any vendor.",
  "acknowledged.vendors-down": "A command is answered at once even while every vendor is down or hangs.",
  "acknowledged.rolling-restart":
    "While the servers on one database are restarted one after the other behind a balancer that asks /readyz, every request is acknowledged in time and carried out once, and none is repeated by the balancer.",
  "acknowledged.queue-position": "A job whose provider has no free place says how many jobs are ahead of it.",

  "delivered.into-conversation": "The result arrives in the conversation in which it was requested.",
  "delivered.once":
    "A result is delivered once where the surface allows a look-up, even if the process dies between sending and recording.",
  "delivered.at-least-once": "Where the surface allows no look-up, a result whose send is in doubt is sent again.",
  "delivered.progress-at-most-once": "A progress notice is never repeated.",
  "delivered.ladder": "Delivery takes one route after the other: edit, post, direct message, kept.",
  "delivered.private-stays-private": "A private answer never moves to a more public route.",
  "delivered.pulled": "An outcome that people fetch themselves is kept for them at once, and nothing of it stays due.",
  "delivered.separate-from-outcome": "A result that could not be delivered is still a success, and is kept and shown.",
  "delivered.parts": "More media than one message can hold are delivered in parts, each once.",
  "delivered.too-large":
    "A file too large for its place arrives as a smaller encode or an expiring link, and a text too long as a file.",
  "delivered.measured":
    "A message uses at most the room its platform has for it, in the platform's own units; no letter, escape or entity is cut.",
  "delivered.other-process": "A job whose surface is in another process is delivered by that process.",

  "paid-once.one-start-a-step": "Each step starts at most one paid operation, whatever fails.",
  "paid-once.count-is-steps": "A count above what the provider makes per call becomes that many steps.",
  "paid-once.missing-parts":
    "If one start makes fewer results than requested, the missing ones are reported with the reason, beside those it made.",
  "paid-once.reference-first": "The reference to the vendor's operation is stored before anything waits on it.",
  "paid-once.unknown-not-repeated":
    "A start whose fate is unknown is never repeated automatically; a person sees the evidence and decides.",
  "paid-once.not-sent-repeats":
    "A start of which no byte was sent, or that was refused as retryable, is tried again later.",
  "paid-once.delivery-repeats-alone": "A failed delivery repeats the delivery, never the generation.",
  "paid-once.same-key": "The same idempotency key means the same request: a different request with it is refused.",
  "paid-once.copied-store":
    "A restored or copied store starts nothing paid and delivers nothing until an operator releases it; it only checks running work.",
  "paid-once.one-press": "Of many presses of one button exactly one acts.",
  "paid-once.interrupted":
    "Ctrl-C at a terminal frees the prompt at once; a paid start in flight still finishes and is stored.",
  "paid-once.commit-unknown":
    "A write whose commit was not answered is looked for by its name before anything is sent: it is on record once.",
  "paid-once.late-answer": "An answer that arrives after its start was considered cut off is not lost.",
  "paid-once.late-result":
    "A start with an unclear end is checked when its vendor calls and, at growing intervals, automatically; a late result is delivered.",
  "paid-once.vendor-key":
    "Where a vendor knows a start by its key, one without a clear answer is asked again with the same key, through crashes too, instead of becoming unclear; it is started and charged once.",
  "paid-once.sandbox-apart":
    "Jobs ordered in the sandbox stay there: once keys are set, none of them begins at a vendor or counts as spent.",

  "survives.kill-anywhere": "Killed at any point, each open job continues from where it was.",
  "survives.inbox":
    "A platform's event is taken once, over restarts and processes, and is stored in the same commit as its job; its reply credentials are deleted when they expire.",
  "survives.lease": "A job advances only under a lease; when its holder dies, another process adopts it.",
  "survives.many-pages": "Opening a page of the console costs the same however many are open.",
  "survives.large-history":
    "A list, the search for the last failure, a count and the overview cost the same, however many jobs have ended.",
  "survives.few-writes":
    "A request writes to disk once for each promise and for nothing else: a command that is answered at once twice, a picture eleven times.",
  "survives.backlog":
    "A job that must wait for a place is looked at once and then costs nothing, however many wait, until it can start.",
  "survives.restart-with-jobs":
    "What a restart asks of its store until it takes the first command is the same, however many jobs have ended or wait.",
  "survives.kept-places":
    "A place that a job at rest still holds, as earlier versions left some, is given back within a minute.",
  "survives.pause":
    "While a provider rests, the disk is full or a vendor takes no more, one job finds out whether it is over; the others cost nothing, however many wait.",
  "survives.prompt-delivery":
    "Between a vendor's callback and the message no step waits for a timer: the message is sent without any time passing on the clock.",
  "survives.adaptive-checks":
    "Work whose usual duration is known is looked at seldom before its usual end and often around it, within the vendor's rate; one list tells about many DashScope tasks.",
  "survives.soak":
    "A process that has carried out thousands of jobs holds no more memory and no more handles than before.",
  "survives.clock":
    "A wall clock set forward or back neither stalls a job nor hands one out twice; a process takes over a lease by its own measure of time.",
  "survives.restored-records":
    "If the records of media and jobs disagree, as after a restore, an alarm is raised and nothing is deleted because of it.",
  "survives.damaged-media": "A stored medium that is incomplete is noticed and never served as complete.",
  "survives.disk-full":
    "While the disk is full, paid results wait in memory, nothing new is started, and anybody who asks learns the reason.",
  "survives.ready":
    "/readyz says whether jobs and media can be written and which surfaces are away; /healthz stays 200.",
  "understood.unusable-data":
    "A key, database or media folder that cannot be used is reported with its path and what to do, and is not changed.",
  "survives.cut-off-start": "A start counts as cut off only when its lease has expired.",
  "survives.held": "A job that waits for a person survives restarts.",
  "survives.parked": "A job whose tool or provider is gone is parked with a sentence and continues when it is back.",
  "survives.lost-result":
    "A finished result that cannot be downloaded is retried for some minutes, which the person sees; then a person decides.",
  "survives.overdue": "An operation with no end by its time limit is unresolved, never failed.",
  "survives.forgotten":
    "Work that the vendor no longer knows is unresolved, never failed: a person asks again or decides.",
  "survives.poison":
    "A job on which three processes in a row have ended, without it getting any further, is set aside and shown to operators, who can let it go on; other work continues.",
  "survives.drain":
    "On SIGTERM, paid starts in flight end before the process does, their results are delivered, and no new start begins.",
  "survives.stop-notice":
    "From SIGTERM on /readyz refuses with the reason while /healthz stays 200, and the listeners stay open for STOP_NOTICE_SECONDS if anybody asks /readyz.",
  "survives.asked-to-wait":
    "A vendor that is asked too often about running work is asked no sooner than it says, one answer for all its tasks; the work neither fails nor starts again.",
  "survives.transitions": "Only listed events change a job's phase; every other pair of phase and event is refused.",
  "survives.engine":
    "Every engine keeps the same contract: create unless the key exists, compare-and-set, leases, admission.",
  "survives.old-store":
    "A store of an earlier version opens: each of its jobs continues and is shown, and its buttons and forms still work.",
  "survives.newer-store":
    "A job whose record only a newer version understands is parked with a sentence and never overwritten.",
  "survives.outage":
    "After the database was away, no work is taken from a process that is still doing it; meanwhile requests are answered with a sentence.",
  "survives.rolling-restart":
    "Two versions work on one database at once, unless the tables of the newer one say that the older one cannot.",
  "survives.shared-store":
    "Processes on one PostgreSQL database share jobs, small state, the console's conversations and the secret key.",
  "survives.pooler":
    "Through a pooler that keeps sessions processes work, and go on when it was away; doctor, and every process that would work, refuse one that does not keep them, however busy it is.",
  "survives.one-receiver":
    "Of the processes on one database, one at a time has a platform's gateway, poll or sockets; another takes over within 15 seconds of its death.",
  "survives.roles":
    "A server with the role surfaces starts no work, and one with the role worker receives nothing; together they carry out and deliver what is asked.",
  "survives.no-worker":
    "When servers receive and none has worked for a minute, the log says so once, and doctor and /readyz do while it lasts.",
  "survives.move":
    "`toolcast move` moves a data directory into an empty database; cut off anywhere, never do both start work, and the same command goes on. It is refused while any process has the directory open.",
  "survives.unknown-words":
    "A stored sentence that this version does not have shows its key and values; an unknown route counts as used up.",
  "survives.small-state": "The store for small state passes the test suite of the library it plugs into.",

  "understood.failure": "A failure says what happened, whether it was charged, who can fix it and what to do next.",
  "understood.vendor-words": "The vendor's own code, message and request id are kept and shown.",
  "understood.database":
    "doctor says whether a pooler breaks sessions, whether commits wait for a standby, and what a failover could lose.",
  "understood.evidence":
    "For an unclear start, operators see the balance before and now, and what the vendor lists as begun or charged since.",
  "understood.evidence-of-others":
    "The vendor's entries for other jobs are left out where they can be identified; where they cannot, those jobs are named.",
  "understood.both-languages": "Every sentence exists in English and Simplified Chinese.",
  "understood.bad-input": "Bad input is answered in the asker's language, names the field at fault and spends nothing.",
  "understood.left-out": "An input that is empty, or has nothing visible, counts as left out on every surface.",
  "understood.catalogue": "Every documented code has a meaning, a remedy, an actor, a retry rule and a charge.",
  "understood.explain": "Pasted text of any shape is explained, best reading first, and never causes an exception.",
  "understood.estimate": "Progress that a vendor does not report is an estimate, labelled as such, never 100 %.",

  "safe.no-secrets": "No secret appears in messages, logs, errors, public URLs or job records.",
  "safe.private-networks": "Links cannot reach private networks, checked at connection time and on each redirect.",
  "safe.body-caps": "Every body that is read has a size limit.",
  "safe.callbacks": "A callback is a hint on an address nobody can guess; its body is not believed.",
  "safe.console": "The console refuses foreign hosts and origins, and listens on loopback only unless a token is set.",
  "safe.owners": "Nobody sees another person's jobs, files or voices.",
  "safe.whole-characters": "No text that we send contains half a character, whoever it came from.",
  "safe.inert-text": "Text from people and vendors is inert on every surface.",

  "provider.choice":
    "A job goes to the provider that the person named, or to the first that can do it within its limits; otherwise one sentence says why none can.",
  "provider.fail-over":
    "After a refusal that the catalogue allows, another provider does the job; never after an unknown start.",
  "provider.suggested":
    "The values suggested for an input are those of the providers and models in use; what is suggested is accepted.",
  "provider.circuit": "A provider that repeatedly fails to answer is left alone for a while.",

  "spending.saved-first":
    "Nothing is paid on the command line before it is certain that the result can be saved where it is wanted.",
  "spending.ask-above": "A price above the operator's threshold, or an unknown one, waits for the person's yes.",
  "spending.ledger": "Charges are summed by day, provider, unit and person.",
  "spending.probable":
    "Starts with no known end, and failures that may have cost something, are counted per attempt as probably charged.",
  "spending.price": "The price, or the fact that it is unknown and what it depends on, is given before a paid start.",
  "spending.kept-defaults":
    "A default whose change would change prices changes for new installations only; doctor shows which one applies.",
  "spending.daily-limit": "Daily limits are enforced before dispatch, across all processes.",
  "spending.operators": "Only operators see balances and let a job pass a daily limit.",
  "spending.access": "Operators control who may use which tool, by person, role and place.",
  "spending.agreed-beforehand":
    "A program agrees in advance to what a person would be asked; otherwise nothing is stored, and the reply says what to agree to.",
  "spending.consent":
    "A voice is cloned only after its asker confirms the right to it; the voice's record says who confirmed it, when and for which sample.",
  "spending.voice-ownership": "A cloned voice belongs to its maker; others use it only if shared.",
  "spending.voice-sharing":
    "Sharing a voice asks with whom (a person, a role, everybody here), says so, and can be undone at once; nobody else may use it.",
  "spending.preset-voices":
    "A vendor's own voices are listed and suggested with character and languages, taken by name and used when none is named; nobody can share, train or delete them.",
  "spending.video-price":
    "A video's price follows its seconds and its resolution, both of which are always sent; an operator may state a rate for each resolution.",
  "spending.edits":
    "A picture given to be changed goes to a provider that can change it; where none can, it is refused before anything is spent.",
  "spending.pictures-along":
    "A picture to change, or to begin a video with, travels inside the request: nobody has to reach us from outside.",
  "spending.regions":
    "What a vendor does not offer in the key's region is refused before anything is sent, and doctor says so.",
  "spending.limits-first": "Every documented limit is checked on the probed file before anything is sent.",
  "spending.public-url":
    "Without a public address that the vendor can reach, a tool that needs one refuses before spending.",
  "spending.concurrency": "A provider's concurrency and rate limits are enforced across all processes.",

  "media.stable-address":
    "Equal content has an equal address and different content a different one; the address has no secret and no expiry.",
  "media.copied": "Results are copied from the vendor's expiring address before they are delivered.",
  "media.shared":
    "Several hosts share media through a bucket: stored once, read everywhere, deleted everywhere, and nothing is lost while it is away.",
  "media.retention":
    "Media are deleted MEDIA_RETENTION_DAYS after they were stored, but never while an open job needs them.",
  "storage.retention":
    "Nothing grows for ever: ended jobs go JOB_RETENTION_DAYS after their last change, and only their sums and keys stay.",
  "media.lent-storage":
    "Where DashScope cannot reach us, files go to its temporary storage for one model and one start, just before it; the storage's host is checked as any address from an answer, and doctor warns.",
  "media.streamed":
    "A file that is sent to a vendor or a platform is read as it is sent: of the largest, only pieces are in memory.",
  "media.links": "A link to a medium is signed, expires, and gives access to that medium only.",
  "media.ranges": "Media are served with range requests.",

  "provider.contract":
    "Every provider ends each start as done, operation, not sent, refused or unknown, and nothing else.",
  "text.any-split": "However a streamed answer is cut into pieces, its text is that of an answer in one piece.",
  "text.money":
    "Tokens have the price their operator states, or are counted as tokens; they are in the ledger, in daily limits and in what is asked about first.",
  "text.partial":
    "What has arrived of a text is on record within a second; after a break or a crash it is shown as incomplete, and nothing is asked again.",
  "text.sandbox":
    "The sandbox's language model answers LangChain's own client whole and in pieces, with tools, pictures, tokens and refusals.",
  "text.time-limit":
    "An answer that is waited for as a whole has a time limit; one that is read along has none, but its vendor may not be silent that long.",
  "text.stop":
    "A text can be stopped at any piece: what had arrived is kept, and it is said that tokens are charged all the same.",

  "provider.signing": "Spark requests are signed as the vendor documents; a skewed clock is measured and corrected.",
  "provider.token": "The xjc token is renewed before it expires, once for all processes, and once on code 20002.",
  "provider.retraining":
    "A retrained voice counts as done only after this run was seen working, or after a minimum wait.",
  "provider.cancel": "If the vendor cannot stop, the job says so and its result is kept and offered.",

  "built.plugins":
    "A package outside the repository adds a provider and a tool; configuration, doctor, trust, limits, redaction and error texts derive from its definition.",
  "built.check":
    "`npm run check` runs only what a change can have broken; `npm test` runs every test, whatever ran before, on the same inputs.",
  "built.plugin-contracts":
    "A package outside the repository runs the contracts of providers and chat surfaces from a compiled `@toolcast/testing`, and a broken plugin fails them.",
  "built.price-only":
    "Every tool that spends shows its price on request, on every surface, to its asker alone, without starting anything, and offers to start exactly that.",
  "built.field-roles":
    "Voice, consent and provider fields are recognised by their declared role, under any name: suggested, found, tied to a provider, asked for and not repeated. A voice is offered to every tool that needs one.",
  "built.plugin-faults":
    "A plugin that fails to load or is invalid is named in one sentence, in both languages, with an exit code.",
  "job.recipe":
    "A result says what it was made from and by whom: as much as its place has room for, and all of it in the job's story.",
  "reached.by-proxy":
    "Every outgoing connection uses the environment's proxy, except those to this machine and to the hosts in NO_PROXY.",
  "built.discord-fake": "The Discord fake refuses, limits, forgets and expires as Discord does, with its codes.",
  "built.discord-judge":
    "Discord's own description judges every request that the Discord fake accepts and everything it returns.",
  "safe.privacy": "On every surface, everybody can see what is kept about them, where and for how long.",
  "safe.forgotten":
    "Whoever asks to be forgotten has requests, media, voices and state erased while sums stay; kills do not stop it, and paid results are delivered first.",
  "safe.deleting":
    "People delete their own files and voices, and only those, after a question, never while a job needs them; kills do not stop it, and a vendor that can deletes the voice, too.",
  "safe.deleting-jobs":
    "People delete their own ended jobs, one or many, with what they made, after a question that says what vendors keep; sums and keys stay, so that nothing deleted ever starts again.",
  "built.telegram-fake":
    "The Telegram fake refuses, limits, forgets and expires as Telegram does, in its words, by polling and webhook.",
  "built.telegram-judge":
    "Telegram's own description and a library's types judge every request that the Telegram fake accepts and everything it returns.",
  "built.slack-fake":
    "The Slack fake refuses, limits, expires and repeats as Slack does, with its codes; the real Bolt drives it.",
  "built.slack-judge": "Slack's reference, its published types and another emulator agree with the Slack fake.",
  "built.node": "Everything that is not a test runs on Node 22.19 and newer.",
  "built.arrows": "Imports follow the arrows of the design.",
  "built.guides": "Every path and command in the guides exists.",
  "survives.backup":
    "A backup of a running installation is one whole file; restored, it has everything and is held until it is released.",
  "built.scaffold":
    "`toolcast new` makes a package for a tool, a provider or a surface whose tests pass outside the repository, and overwrites nothing.",
  "built.release":
    "A release has one version in every package, in their inner dependencies and in the lock file, and changes nothing else.",
  "built.packages":
    "Every published package installs from its archive and runs, with nothing of the repository at hand.",
  "built.deployment": "The container image, the compose file and the systemd unit run the server safely by default.",
  "built.variables": "Every variable that can be set is in the pages of docs, in both languages.",
  "built.front-page":
    "The README is a front page of at most 6 kB in each language; pages in both languages have the same content.",
  "built.option-docs":
    "Every field that a caller of a public door sets is documented with its meaning, unit and default.",
  "built.definitions-light":
    "Reading the settings of the built-in adapters loads neither a platform's library nor the picture library.",
  "built.commands-light":
    "A command loads the platforms, vendors and libraries that it uses, when it uses them; the version needs only the launcher.",
  "built.platforms-listed-once": "In the app, one file lists the built-in adapters and no other names a platform.",
  "built.door": "Core's exports are pinned.",
  "built.tests-use-doors": "Tests reach into other packages only through their doors.",
  "built.tool-is-one-file": "A new tool appears on every surface without touching an adapter.",

  "sandbox.vendors-sdk":
    "The sandbox serves what the vendor's own SDK sends, as recorded by running it: tasks, answers, events, a WebSocket, local files.",
  "sandbox.survives": "No server that the sandbox downloads from can end it.",
  "documents.covered":
    "Every endpoint, field and code in the vendors' documents is listed with the test that proves it, or why it is not used.",
  "documents.wire":
    "Requests, and the sandbox's answers, have the documented shape; every recorded answer is interpreted correctly.",
  "documents.errors":
    "Every documented error of every call has its charge, its retry rule and a text for people in both languages.",
} as const;

export type RequirementId = keyof typeof requirements;
