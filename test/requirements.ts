import { frontRequirements } from "./front-requirements.ts";

/**
 * Every promise Toolcast makes, one sentence each. A test cites the promises it proves by `verifies("id")`; a promise
 * that no test proves fails `test/unit/requirements.test.ts`, and so does an unknown id.
 */
export const requirements = {
  ...frontRequirements,

  "acknowledged.stored-first":
    "A request is stored before it is acknowledged, and acknowledged without waiting for any vendor.",
  "acknowledged.vendors-down": "A command is answered at once even while every vendor is down or hangs.",
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
  "chat.buttons":
    "A button's action fits into an id as short as its platform requires; what does not fit is stored and found again.",
  "chat.forms":
    "A form asks first for required inputs that are missing, in the tool's order, as many as its platform has room for.",
  "chat.files":
    "A file that somebody sends is fetched from the platform alone, and a fault in it is reported for its input.",
  "chat.suggest": "Suggestions are never late and never an error: at worst there are none.",
  "chat.doctor": "A bot's doctor says what is proved and what is not, without anybody noticing the check.",
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
  "paid-once.late-answer": "An answer that arrives after its start was considered cut off is not lost.",
  "paid-once.late-result":
    "A start with an unclear end is checked when its vendor calls and, at growing intervals, automatically; a late result is delivered.",
  "paid-once.sandbox-apart":
    "Jobs ordered in the sandbox stay there: once keys are set, none of them begins at a vendor or counts as spent.",

  "survives.kill-anywhere": "Killed at any point, each open job continues from where it was.",
  "survives.inbox":
    "A platform's event is taken once, over restarts and processes, and is stored in the same commit as its job; its reply credentials are deleted when they expire.",
  "survives.lease": "A job advances only under a lease; when its holder dies, another process adopts it.",
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
  "survives.drain":
    "On SIGTERM, paid starts in flight end before the process does, their results are delivered, and no new start begins.",
  "survives.transitions": "Only listed events change a job's phase; every other pair of phase and event is refused.",
  "survives.engine":
    "Every engine keeps the same contract: create unless the key exists, compare-and-set, leases, admission.",
  "survives.old-store":
    "A store of an earlier version opens: each of its jobs continues and is shown, and its buttons and forms still work.",
  "survives.newer-store":
    "A job whose record only a newer version understands is parked with a sentence and never overwritten.",
  "survives.unknown-words":
    "A stored sentence that this version does not have shows its key and values; an unknown route counts as used up.",
  "survives.small-state": "The store for small state passes the test suite of the library it plugs into.",

  "understood.failure": "A failure says what happened, whether it was charged, who can fix it and what to do next.",
  "understood.vendor-words": "The vendor's own code, message and request id are kept and shown.",
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
  "spending.preset-voices":
    "A vendor's own voices are listed and suggested with character and languages, taken by name and used when none is named; nobody can share, train or delete them.",
  "spending.regions":
    "What a vendor does not offer in the key's region is refused before anything is sent, and doctor says so.",
  "spending.limits-first": "Every documented limit is checked on the probed file before anything is sent.",
  "spending.public-url":
    "Without a public address that the vendor can reach, a tool that needs one refuses before spending.",
  "spending.concurrency": "A provider's concurrency and rate limits are enforced across all processes.",

  "media.stable-address":
    "Equal content has an equal address and different content a different one; the address has no secret and no expiry.",
  "media.copied": "Results are copied from the vendor's expiring address before they are delivered.",
  "media.retention":
    "Media are deleted MEDIA_RETENTION_DAYS after they were stored, but never while an open job needs them.",
  "media.links": "A link to a medium is signed, expires, and gives access to that medium only.",
  "media.ranges": "Media are served with range requests.",

  "provider.contract":
    "Every provider ends each start as done, operation, not sent, refused or unknown, and nothing else.",
  "provider.signing": "Spark requests are signed as the vendor documents; a skewed clock is measured and corrected.",
  "provider.token": "The xjc token is renewed before it expires, once for all processes, and once on code 20002.",
  "provider.retraining":
    "A retrained voice counts as done only after this run was seen working, or after a minimum wait.",
  "provider.cancel": "If the vendor cannot stop, the job says so and its result is kept and offered.",

  "mcp.eras": "Agents using the protocol versions 2025-11-25 and 2026-07-28 are served over stdio and over HTTP.",
  "mcp.derived":
    "Every tool's MCP form derives from its definition: flat input, output schema, annotations, title and icon.",
  "mcp.waiting":
    "A call returns the result if it is ready in time, otherwise a job to look at; looking waits for the end.",
  "mcp.patience":
    "Of 32 simultaneous calls, each agent gets a sign of life within a second and an answer within two seconds of the time it allowed.",
  "mcp.abort": "An agent's call that is cut off stops waiting; its job continues.",
  "mcp.progress":
    "An agent that asks for progress gets it at once, rising, at least every fifteen seconds and never after the result.",
  "mcp.key": "An agent's idempotency key means the same request; a different request with it is refused.",
  "mcp.agreement":
    "What needs a yes is asked of the agent's person in one question if possible, otherwise waits for a person elsewhere; nothing a model says counts as agreement.",
  "mcp.local-person":
    "An agent over stdio works for the machine's own user: it may see what they may, money included, and decides nothing for them.",
  "mcp.short-list": "The whole list of tools costs an agent fewer than 6,000 tokens, in each language.",
  "mcp.no-commands": "No sentence that an agent can see suggests typing a chat or terminal command with a slash.",
  "mcp.list":
    "An agent's list of jobs tells them apart: by what was requested, and if that is not enough by where it was requested.",
  "mcp.clients": "Third-party agent frameworks and bridges make one request, receive the result and continue with it.",
  "mcp.sandbox": "Whatever the sandbox made is labelled as such in words wherever it is shown.",
  "mcp.saving": "Over stdio a result is saved in an allowed folder if its agent asks for that, and nowhere else.",
  "mcp.quote":
    "An agent can get the price, and the questions its person will be asked, without anything being started.",
  "mcp.tasks": "Agents that declare the tasks extension get a handle at once, and the task is the job.",
  "mcp.results": "Every fact of a result is in its text; pictures are small, and a result stays below 300 kB.",
  "mcp.errors": "An agent's error gives its code, cause, charge, whether to repeat and the next step.",
  "mcp.malformed":
    "Client input that is no message of the protocol is answered with the protocol's error and does not close the connection.",
  "mcp.resources": "Jobs and media are resources of their owner; changes of jobs reach subscribers.",
  "mcp.owners": "An agent sees its own person's jobs, media and sessions only.",
  "mcp.guards":
    "The address for agents refuses foreign hosts, foreign origins, wrong tokens and bodies that are too large.",
  "mcp.no-sign-in":
    "The address for agents accepts only tokens, leads no client to a sign-in, and explains how to send a token.",
  "mcp.sessions": "Agents' sessions are limited in number, belong to their owner and end when idle.",
  "mcp.folders": "Local files reach a tool over stdio only from allowed folders, and over HTTP only by upload.",
  "mcp.data-addresses": "An agent's file inside a data: address is kept like an upload, up to 10 MB.",
  "mcp.conformance":
    "The official conformance suites pass for 2025-11-25 and 2026-07-28, except for deprecated features.",
  "mcp.interop":
    "The v1 and v2 clients, the tasks client, the Inspector and LangChain's adapters work with the server unmodified.",
  "mcp.retries":
    "A client that aborts and retries with the same key makes exactly one paid start per key, over a thousand requests.",
  "mcp.overhead":
    "Requesting a job takes at most twice as long as a bare echo tool of the SDK, over stdio at most 1 ms more; jobs in flight slow no call.",
  "mcp.killed": "Killed at random points, the server finds and finishes every job after its restart.",
  "mcp.config":
    "`toolcast mcp config` prints a client's configuration with absolute paths and every needed setting, and no secret.",
  "mcp.card":
    "The card follows its job unprompted, shows the result or why there is none, informs the model once, and then stops.",
  "langchain.tools": "LangChain programs get every tool they may use, typed and described by the same definitions.",
  "langchain.long-jobs":
    "A LangChain call waits up to its limit, then returns the job, which continues and can be found by its id.",
  "langchain.abort":
    "An aborted LangChain call stops waiting but leaves the job running; the same tool call again is the same job.",
  "langchain.errors": "An error thrown into LangChain gives the code, the charge and what to do next.",
  "langchain.agreed":
    "A LangChain program agrees to prices and consent in advance; otherwise nothing is stored or spent.",

  "built.plugins":
    "A package outside the repository adds a provider and a tool; configuration, doctor, trust, limits, redaction and error texts derive from its definition.",
  "built.check":
    "`npm run check` runs only what a change can have broken; `npm test` runs every test, whatever ran before.",
  "built.plugin-contracts":
    "A package outside the repository runs the contracts of providers and chat surfaces from a compiled `@toolcast/testing`, and a broken plugin fails them.",
  "built.price-only":
    "Every tool that spends shows its price on request, on every surface, to its asker alone, without starting anything, and offers to start exactly that.",
  "built.field-roles":
    "Voice, consent and provider fields are recognised by their declared role, under any name: suggested, found, tied to a provider, asked for and not repeated. A voice is offered to every tool that needs one.",
  "built.plugin-faults":
    "A plugin that fails to load or is invalid is named in one sentence, in both languages, with an exit code.",
  "chat.forms-kept":
    "A form keeps the given answers, asks for the rest all at once or one at a time, and survives restarts.",
  "chat.acknowledged":
    "Every act is acknowledged within the platform's deadline, whatever vendors do and however many acts arrive.",
  "chat.once":
    "An event of a chat platform is taken once, over restarts and processes; an unreadable one is taken too.",
  "chat.recovered":
    "A request whose process died is carried out by the next one, in the placeholder that is already shown.",
  "chat.connects":
    "An adapter that cannot reach its platform, or is refused by it, goes on trying in growing pauses and says why; only what an operator must fix ends a start.",
  "chat.handles":
    "A reply handle is used while it lives, its uses are saved for the result, and a new one is requested before it expires.",
  "job.recipe":
    "A result says what it was made from and by whom: as much as its place has room for, and all of it in the job's story.",
  "chat.moments":
    "Lists and stories show moments in their reader's own time zone where the platform can, otherwise in words.",
  "chat.again":
    "A request that lacks nothing is started again by one press, a double click starts it once, and a form beside it changes it.",
  "chat.use": "If a result has several media, the form that uses one of them offers all of them to choose from.",
  "chat.presses": "A press that is not allowed, or on an outdated button, gets a true sentence.",
  "chat.paced": "A platform's rate limits are obeyed: by conversation, by bot, and for as long as it asks to wait.",
  "chat.results-first": "First answers wait behind nothing, and results are sent before progress.",

  "discord.commands":
    "Every tool is a Discord command with typed, ranged, localised options within Discord's limits; a new tool needs no change to the adapter.",
  "discord.menus":
    "A message's menu offers the tools that take what it holds, by their inputs' types; what is missing is asked for in a form.",
  "discord.registered-once": "Commands are registered when they have changed, and only then, even across restarts.",
  "discord.form-first":
    "The first answer to a missing or long argument is a form that asks for it; errors can be corrected in one.",
  "discord.wrong-alone":
    "Errors in a public command are shown to its asker alone, even after a crash, and nothing of them stays in public.",
  "discord.acknowledged":
    "A Discord command is acknowledged within a second, even while providers hang and hundreds arrive at once.",
  "discord.native": "Results arrive as native media with buttons, progress by edits, in the asker's language.",
  "discord.playable": "Recordings can be played in Discord itself, by the player that only classic messages have.",
  "discord.attachments": "Attached files are checked and copied at once, and only from the platform's own hosts.",
  "discord.suggests": "Voices, sizes, own jobs and own media are suggested within 300 ms.",
  "discord.buttons":
    "Buttons work after a restart and only for the people they are meant for; others get a private refusal.",
  "discord.ladder":
    "A Discord result is shown in the answer, in the conversation or to the asker alone, or is kept with the reason.",
  "discord.notified":
    "A result that took longer than a minute is followed by a short message that names its asker; a private one is not.",
  "discord.found": "A result that was sent but not recorded is found in the conversation and never sent twice.",
  "discord.unseen":
    "A message that may have arrived and cannot be looked up is never sent again: the answer shows the result.",
  "discord.never-thinking": 'No Discord answer is left "thinking": a new process finishes what the old one left.',
  "discord.reopened":
    "An answer that only its token reaches offers a button that brings a new token before the old one expires.",
  "discord.too-large": "A file too large for its place is sent smaller or as a link that expires.",
  "discord.upload-limit":
    "What is asked before spending goes by the file size that the server accepts, never by what Nitro allows its asker.",
  "discord.start-problems":
    "A wrong token, or a missing scope or server, ends the start with a sentence that says what to do.",
  "discord.away":
    "A connection that Discord closed for good is retried with growing pauses, and operators learn of it meanwhile.",
  "discord.one-answers":
    "Of two installations with one token, only the one that answers a request first carries it out.",
  "discord.payloads": "Whatever a payload contains, nothing leaks, nobody is pinged and the next one is served.",
  "reached.by-proxy":
    "Every outgoing connection uses the environment's proxy, except those to this machine and to the hosts in NO_PROXY.",
  "slack.commands": "Slash commands by core's grammar become one job each; errors are shown to their sender alone.",
  "slack.acknowledged":
    "Every event is acknowledged once it is stored, before Slack is asked anything, and taken once over restarts and processes.",
  "slack.form":
    "Empty text opens a form before any other call to Slack; if it is too late for one, a button keeps everything.",
  "slack.delivery":
    "Results are files in the thread and then pictures in the first message: no file is hidden or shared twice.",
  "slack.ladder":
    "Where the bot is absent, answers use the address that came with the command, then direct messages; what nothing reaches is kept, and its job says why.",
  "slack.closed": "Guests and people of other workspaces spend nothing unless a rule lets them; roles are user groups.",
  "slack.buttons":
    "Buttons, shortcuts and direct messages work after a restart and only for the people they are meant for.",
  "slack.crash": "A process that dies anywhere leaves no request without its answer and no result shown twice.",
  "slack.removed":
    "When a workspace removes the app, deliveries end with a sentence, its token is not used again, and what was stored to reply with is erased.",
  "slack.http":
    "A request to the public listener is accepted only if Slack has signed it, and is taken by one of several processes.",
  "slack.workspaces":
    "In organisations and shared channels people belong to all their workspaces, and answers to the one that asked.",
  "slack.inert": "Text from people and vendors mentions nobody, links nothing and makes no markup.",
  "slack.token": "The bot's token is sent to Slack's API and file hosts only, encrypted, and follows no redirect.",
  "slack.manifest": "The manifest derives from the tools, and each of its scopes is needed.",
  "built.discord-fake": "The Discord fake refuses, limits, forgets and expires as Discord does, with its codes.",
  "built.discord-judge":
    "Discord's own description judges every request that the Discord fake accepts and everything it returns.",
  "telegram.answers":
    "A command gets a first message at once, in the asker's language; its progress and its result appear in that message.",
  "telegram.ready-once":
    "Because an edit makes no sound, one short message after a wait says that the result is there.",
  "telegram.taken-once":
    "Every update is taken once, over restarts, in the order of its chat; a backlog is worked through.",
  "safe.privacy": "On every surface, everybody can see what is kept about them, where and for how long.",
  "safe.forgotten":
    "Whoever asks to be forgotten has requests, media, voices and state erased while sums stay; kills do not stop it, and paid results are delivered first.",
  "safe.deleting":
    "People delete their own files and voices, and only those, after a question, never while a job needs them; kills do not stop it, and a vendor that can deletes the voice, too.",
  "telegram.local-server":
    "With a self-hosted Bot API server, files of 2,000 MB work and are read only from that server's folder; the cloud server logs the bot out first.",
  "telegram.stored-first":
    "An update that cannot be stored is not confirmed and comes again; one that fails because of its content delays no other.",
  "telegram.replies":
    "A message that a command replies to, a file with a caption, an album: each goes to the inputs of its kind, whatever their names.",
  "telegram.dialogue":
    "Missing inputs are asked for, by buttons or in words, from several people at once, and even after a restart.",
  "telegram.closed":
    "Nobody starts work that may cost money before an operator has admitted them or their chat, which one button requests.",
  "telegram.ladder": "After a deleted message, a migrated group or a removed bot, the result arrives another way.",
  "telegram.private": "Anything for one person alone is sent to their own chat; a group learns nothing of it.",
  "telegram.deep-link":
    "Where a private answer moves from a group to the private chat, one link opens that chat and continues the request there, once and for its asker only.",
  "telegram.spent-buttons":
    "Buttons that can no longer act are shown disabled, or removed where the server cannot do that, and only in room that no result needs.",
  "telegram.chat-action":
    "While a job is new, the bot is seen typing, recording or sending what the job makes, in room that nothing else needs.",
  "telegram.commands":
    "Commands are offered by language, to operators with their own in addition, and are written to Telegram only when they changed.",
  "telegram.doctor-rights":
    "`doctor` says in which of its groups the bot may not send pictures, voice messages or anything at all.",
  "telegram.alone":
    "Where the server can show a message to one member alone, private questions that cost and change nothing are asked and answered so in a group; nothing else rests on it.",
  "telegram.stop":
    "In a private chat Telegram's own Stop button cancels the job, even after a restart, and no draft is left below a result.",
  "telegram.elsewhere":
    "Where inline or guest mode is switched on, people let in get answers that cost, change and reveal nothing, and inline their own results; strangers get nothing.",
  "telegram.native":
    "Pictures, videos, recordings, voices and albums are shown as Telegram shows them best, otherwise as a file or link.",
  "telegram.inert":
    "Text from people and vendors mentions nobody on Telegram and becomes no command, tag, link or preview.",
  "telegram.receiving": "A second poller, a foreign webhook or a refused token is explained, and receiving recovers.",
  "telegram.webhook": "A webhook request must carry its secret and gets its 200 as soon as the update is stored.",
  "telegram.flood": "While Telegram asks to wait, progress is dropped and every result arrives, each once.",
  "telegram.secrets": "The bot's token is in no log, error, record or message.",
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
  "built.variables": "Every variable that can be set is in the README, in both languages.",
  "built.option-docs":
    "Every field that a caller of a public door sets is documented with its meaning, unit and default.",
  "built.door": "Core's exports are pinned.",
  "built.tests-use-doors": "Tests use what a door exports through that door; those that reach past one are listed.",
  "built.tool-is-one-file": "A new tool appears on every surface without touching an adapter.",

  "documents.covered":
    "Every endpoint, field and code in the vendors' documents is listed with the test that proves it, or why it is not used.",
  "documents.wire":
    "Requests, and the sandbox's answers, have the documented shape; every recorded answer is interpreted correctly.",
  "documents.errors":
    "Every documented error of every call has its charge, its retry rule and a text for people in both languages.",
} as const;

export type RequirementId = keyof typeof requirements;
