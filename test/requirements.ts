/**
 * Every promise Toolcast makes, one sentence each. A test cites the promises it proves by `verifies("id")`; a promise
 * that no test proves fails `test/unit/requirements.test.ts`, and so does an unknown id.
 */
export const requirements = {
  "acknowledged.stored-first":
    "A request is stored before it is acknowledged, and acknowledged without waiting for any vendor.",
  "acknowledged.vendors-down": "A command is answered at once also while every vendor is down or hangs.",
  "acknowledged.queue-position": "A job whose provider has no free place says how many stand before it.",

  "delivered.into-conversation": "The result arrives in the conversation that asked.",
  "delivered.once":
    "A result is delivered once where the surface lets us look, also when the process dies between sending and recording.",
  "delivered.at-least-once": "Where the surface does not let us look, a result whose send is in doubt is sent again.",
  "delivered.progress-at-most-once": "A progress notice is never repeated.",
  "delivered.ladder": "Delivery takes one route after the other: edit, post, direct message, kept.",
  "delivered.private-stays-private": "A private answer never moves to a more public route.",
  "delivered.pulled":
    "An outcome that people come for themselves is kept for them at once, and nothing of it stays due.",
  "delivered.separate-from-outcome": "A result that could not be delivered is a success that is kept and shown.",
  "delivered.parts": "More media than one message bears are delivered in parts, each once.",
  "delivered.too-large":
    "What is too large for its place arrives as a smaller encode or an expiring link, and a text too long as a file.",
  "delivered.measured":
    "A message takes at most the room its platform has for it, by the platform's own measure; no letter, escape or entity is cut.",
  "chat.buttons":
    "A button says what it does in an id as short as its platform wants; what does not fit is kept and found again.",
  "chat.forms":
    "A form asks for what is needed and missing first, in the tool's order, as much as its platform has room for.",
  "chat.files":
    "A file that somebody sends is taken from the platform alone, and what is wrong with it is said of its input.",
  "chat.suggest": "Suggestions are never late and never an error: at worst there are none.",
  "chat.doctor": "A bot's doctor says what is proved and what is not, without anybody noticing.",
  "delivered.other-process": "A job whose surface lives in another process is delivered by that process.",

  "paid-once.one-start-a-step": "Each step starts at most one paid operation, in every failure.",
  "paid-once.count-is-steps": "A count above what the provider makes per call becomes that many steps.",
  "paid-once.missing-parts": "What one start did not make of several is told with its reason, beside what it made.",
  "paid-once.reference-first": "The reference to the vendor's operation is stored before anything waits on it.",
  "paid-once.unknown-not-repeated":
    "A start whose fate is unknown is never repeated by itself; a person sees the evidence and decides.",
  "paid-once.not-sent-repeats":
    "A start of which no byte left, or that was refused as retryable, is tried again later.",
  "paid-once.delivery-repeats-alone": "A failed delivery repeats the delivery, never the generation.",
  "paid-once.same-key":
    "The same idempotency key is the same request, and no other: another request with it is refused.",
  "paid-once.copied-store":
    "A restored or copied store starts nothing paid and delivers nothing until an operator releases it; it checks what runs.",
  "paid-once.one-press": "Of many presses of one button exactly one acts.",
  "paid-once.late-answer": "An answer that arrives after the start was taken for cut off is not lost.",
  "paid-once.late-result":
    "A start whose end is unclear is asked about when its vendor calls and, slowly, by itself; a late result is delivered.",
  "paid-once.sandbox-apart":
    "What was ordered in the sandbox stays there: once keys are set nothing of it begins at a vendor or counts as spent.",

  "survives.kill-anywhere": "Killed at any arrow, each open job goes on from where it was.",
  "survives.inbox":
    "A platform's event is taken once, over restarts and processes, and is stored in the same commit as its job; what a reply to it needs dies with its validity.",
  "survives.lease": "A job advances only under a lease; when its holder dies, another process adopts it.",
  "survives.clock":
    "Set forward or back, the wall clock neither stalls a job nor hands one out twice; a lease is taken over by what this process saw.",
  "survives.restored-records":
    "Records of media and jobs that disagree, as after a restore, are an alarm: nothing is deleted for it.",
  "survives.damaged-media": "A stored medium that is not whole is noticed and never served as whole.",
  "survives.disk-full":
    "While the disk takes nothing, what was paid waits in memory, nothing new is started, and whoever asks is told so.",
  "survives.ready":
    "/readyz says whether jobs and media can be written and which surfaces are away; /healthz stays 200.",
  "understood.unusable-data":
    "A key, database or media folder that cannot be used is named with its path and what to do, and changed in nothing.",
  "survives.cut-off-start": "A start counts as cut off only when its lease has expired.",
  "survives.held": "A job that waits for a person survives restarts.",
  "survives.parked": "A job whose tool or provider is gone is parked with a sentence and goes on when it is back.",
  "survives.lost-result":
    "A result that is made and cannot be loaded is tried for some minutes, which is said; then a person decides.",
  "survives.overdue": "An operation with no end by its limit is unresolved, never failed.",
  "survives.forgotten":
    "Work that the vendor does not know any more is unresolved, never failed: a person asks again or decides.",
  "survives.drain":
    "On SIGTERM paid starts in flight end before the process does, what they made is delivered, and no new one begins.",
  "survives.transitions": "Only listed events change a job's phase; every other pair is refused.",
  "survives.engine":
    "Every engine keeps the same contract: create unless the key exists, compare-and-set, leases, admission.",
  "survives.old-store":
    "A store of an earlier version opens: each of its jobs goes on and is shown, and its buttons and forms still work.",
  "survives.newer-store":
    "A job whose record only a newer version understands is parked with a sentence and never written.",
  "survives.unknown-words":
    "A stored sentence that this version does not have shows its key and values; an unknown route counts as used up.",
  "survives.small-state": "Small state passes the suite of the library it plugs into.",

  "understood.failure": "A failure says what happened, whether it was charged, who can fix it and what to do next.",
  "understood.vendor-words": "The vendor's own code, words and request id are kept and shown.",
  "understood.evidence":
    "An unclear start shows operators the balance before and now, and what the vendor lists as begun or charged since.",
  "understood.evidence-of-others":
    "What a vendor lists is told from other jobs' work where it can be; where it cannot, those jobs are named.",
  "understood.both-languages": "Every sentence exists in English and Simplified Chinese.",
  "understood.bad-input": "Bad input is answered with the field at fault, in the asker's language, and spends nothing.",
  "understood.left-out": "An input that is empty, or holds nothing to see, counts as left out on every surface.",
  "understood.catalogue": "Every documented code has a meaning, a remedy, an actor, a retry rule and a charge.",
  "understood.explain": "Pasted text of any shape is explained, best reading first, and never makes it throw.",
  "understood.estimate": "Progress that a vendor does not give is an estimate, labelled so, never 100 %.",

  "safe.no-secrets": "No secret appears in messages, logs, errors, URLs handed out or job records.",
  "safe.private-networks": "Links cannot reach private networks, at connect time and on each redirect.",
  "safe.body-caps": "Every body read has a cap.",
  "safe.callbacks": "A callback is a hint on an address nobody can guess; its body is not believed.",
  "safe.console": "The console refuses foreign hosts and origins, and listens on loopback only unless a token is set.",
  "safe.owners": "Nobody sees another person's jobs, files or voices.",
  "safe.whole-characters": "No text that leaves us holds half a character, whoever it came from.",
  "safe.inert-text": "Text from people and vendors is inert on every surface.",

  "provider.choice":
    "The person's provider does the job, or the first that can within its limits; else one sentence says why none can.",
  "provider.fail-over":
    "After a refusal that the catalogue allows, another provider does the job; never after an unknown start.",
  "provider.circuit": "A provider that does not answer again and again is left alone for a while.",

  "spending.ask-above": "A price above the operator's threshold, or an unknown one, waits for the person's yes.",
  "spending.ledger": "What is charged is summed by day, provider, unit and person.",
  "spending.probable":
    "Starts with no known end, and failures that may have cost something, are counted by attempt as probably charged.",
  "spending.price": "The price, or that it is unknown and what it depends on, is said before a paid start.",
  "spending.daily-limit": "Daily limits hold before dispatch, over all processes.",
  "spending.operators": "Balances are for operators; only operators let a job pass a daily limit.",
  "spending.access": "Operators set who may use which tool, by person, role and place.",
  "spending.agreed-beforehand":
    "A program agrees beforehand to what a person would be asked; without that nothing is stored, and the reply says what to agree to.",
  "spending.consent":
    "A voice is cloned only after its asker confirms the right to it; who, when and which sample is kept with the voice.",
  "spending.voice-ownership": "A cloned voice belongs to its maker; others use it only if shared.",
  "spending.limits-first": "Every documented limit is checked on the probed file before anything is sent.",
  "spending.public-url": "Without an address a vendor can reach, a tool that needs one refuses before spending.",
  "spending.concurrency": "A provider's concurrency and rate limits hold over all processes.",

  "media.stable-address":
    "Equal content has an equal address and different content a different one; it holds no secret and no expiry.",
  "media.copied": "Results are copied off the vendor's expiring address before they are delivered.",
  "media.retention": "Media go MEDIA_RETENTION_DAYS after they were stored, and never while an open job needs them.",
  "media.links": "A link to a medium is signed, expires, and gives that medium only.",
  "media.ranges": "Media are served with range requests.",

  "provider.contract":
    "Every provider ends each start as done, operation, not sent, refused or unknown, and nothing else.",
  "provider.signing": "Spark requests are signed as the vendor documents; a skewed clock is measured and corrected.",
  "provider.token": "The xjc token is refreshed ahead of expiry, once over all processes, and once on 20002.",
  "provider.retraining":
    "A retrained voice counts as done only after this run was seen at work, or after a minimum wait.",
  "provider.cancel": "Where the vendor cannot stop, the job says so and its result is kept and offered.",

  "tried.no-setup": "With no keys at all everything runs against the sandbox vendors on loopback.",
  "console.pictures-side-by-side": "Several pictures of one result stand side by side, on a phone too.",
  "console.result-used-again": "Every medium of a result opens in a form of any tool that takes it.",
  "console.media-by-id": "A person's own pictures, recordings and videos can be chosen in any form that takes them.",
  "console.decision-in-place":
    "Decisions are made where the question stands, beside what is known about it by then, in the reader's language.",
  "console.conversations": "A conversation can be named and removed; the removal can be undone, and its jobs stay.",
  "console.keyboard":
    "Everything from choosing a tool to pressing a decision goes by keyboard alone, and the focus is never lost.",
  "console.accessible": "No view shuts anybody out: by phone and wide, light and dark, axe finds nothing serious.",
  "console.announced": "What arrives and what changes is told to screen readers.",

  "tried.console": "In a browser a typed command is acknowledged at once and its result arrives in the conversation.",
  "tried.kill-button":
    "Killing the server from the console loses nothing: the running job visibly finishes after the restart.",
  "tried.command-line": "The command line runs every tool; --json prints one document; exits are 0, 1 and 2.",
  "tried.configuration": "A wrong configuration names the variable and what to do.",
  "tried.sandbox": "The sandbox speaks the vendors' protocols strictly and lists every paid start.",

  "mcp.eras": "Agents of the protocol of 2025-11-25 and of 2026-07-28 are served over stdio and over HTTP.",
  "mcp.derived": "Every tool stands in MCP as it is defined: flat input, output schema, annotations, title and icon.",
  "mcp.waiting":
    "A call returns the result when it is ready in time, else a job to look at; looking waits for the end.",
  "mcp.patience":
    "An agent hears of its call within a second and has its answer within two of the time it gave, 32 calls at once.",
  "mcp.abort": "An agent's call that is cut off stops waiting; its job goes on.",
  "mcp.progress":
    "An agent that asks is told progress at once, rising, at least every fifteen seconds and never after the result.",
  "mcp.key": "The same idempotency key of an agent is the same request; another request with it is refused.",
  "mcp.agreement":
    "What needs a yes asks the agent's person in one question where that is possible, else waits for a person elsewhere; no word of a model agrees to anything.",
  "mcp.local-person":
    "An agent over stdio works for the machine's own user: it may look at what they may, money included, and decides nothing for them.",
  "mcp.short-list": "The whole list of tools costs an agent fewer than 6,000 tokens, in each language.",
  "mcp.no-commands": "No sentence that an agent can see tells it to type a command of a chat or a terminal's slash.",
  "mcp.list":
    "An agent's list of jobs tells them apart: by what was asked for, and where that differs by the place it was asked at.",
  "mcp.clients":
    "Agent frameworks and bridges that nobody here wrote order once, are told the result, and go on with it.",
  "mcp.sandbox": "What the sandbox made says that it did, in words, wherever it is shown.",
  "mcp.saving": "Over stdio a result is saved in an allowed folder when its agent asks for that, and nowhere else.",
  "mcp.quote": "An agent is told a price, and what its person will be asked, without anything being started.",
  "mcp.tasks": "Agents that declare the tasks extension get a handle at once, and the task is the job.",
  "mcp.results": "Every fact of a result stands in its text; pictures are small, and a result stays below 300 kB.",
  "mcp.errors": "An agent's error says its code, cause, charge, whether to repeat and the next step.",
  "mcp.malformed":
    "What an agent's client sends that is no message of the protocol is answered with its error, and costs no connection.",
  "mcp.resources": "Jobs and media are resources of their owner; changes of jobs reach subscribers.",
  "mcp.owners": "An agent sees its own person's jobs, media and sessions only.",
  "mcp.guards":
    "The address for agents refuses foreign hosts, foreign origins, wrong tokens and bodies that are too large.",
  "mcp.no-sign-in":
    "The address for agents takes tokens alone, leads no client to a sign-in, and says in words how a token is given.",
  "mcp.sessions": "Sessions of agents are bounded in number, belong to their owner and end when idle.",
  "mcp.folders": "Local files reach a tool over stdio from allowed folders only, and over HTTP by upload only.",
  "mcp.data-addresses": "An agent's file inside a data: address is kept as an upload is, up to 10 MB.",
  "mcp.conformance":
    "The official conformance suites pass for 2025-11-25 and 2026-07-28; only deprecated features are excepted.",
  "mcp.interop":
    "The v1 and v2 clients, the tasks client, the Inspector and LangChain's adapters work with the server as they are.",
  "mcp.retries":
    "A client that aborts and retries with the same key a thousand times makes exactly one paid start each.",
  "mcp.overhead":
    "Asking for a job takes at most twice a bare echo tool of the SDK, over stdio at most 1 ms more; jobs in flight slow no call.",
  "mcp.killed": "Killed at random points, the server finds and finishes every job after its restart.",
  "mcp.config":
    "`toolcast mcp config` prints a client's configuration with absolute paths and every needed setting, and no secret.",
  "mcp.card":
    "The card follows its job by itself, shows the result or why there is none, tells the model once, and then rests.",
  "langchain.tools": "LangChain programs get every tool they may use, typed and described by the same definitions.",
  "langchain.long-jobs":
    "A LangChain call waits up to its limit, then returns the job, which goes on and is found by its id.",
  "langchain.abort":
    "An aborted LangChain call stops waiting and never the job; the same tool call again is the same job.",
  "langchain.errors": "An error thrown into LangChain says code, charge and what to do next.",
  "langchain.agreed":
    "A LangChain program agrees to prices and consent beforehand; otherwise nothing is stored or spent.",

  "built.plugins":
    "A package outside the repository adds a provider and a tool: configuration, doctor, trust, limits, redaction and error texts derive from its definition.",
  "built.check":
    "`npm run check` runs what a change can have broken and nothing else; `npm test` runs every test, whatever ran before.",
  "built.plugin-contracts":
    "A package outside the repository runs the contracts of providers and chat surfaces from a compiled `@toolcast/testing`, and a broken plugin fails them.",
  "built.field-roles":
    "A voice, a consent and a choice of provider are what their field says, under any name: suggested, found, tied to a provider, asked for and not repeated. A voice is offered to every tool that needs one.",
  "built.plugin-faults":
    "A plugin that does not load or is not what it must be is named in one sentence, in both languages, with an exit code.",
  "chat.forms-kept": "A form keeps what was given, asks for the rest whole or one at a time, and outlives restarts.",
  "chat.acknowledged":
    "Every act is acknowledged within the platform's deadline, whatever vendors do and however many come.",
  "chat.once":
    "An event of a chat platform is taken once, over restarts and processes; what cannot be read is taken too.",
  "chat.recovered": "A request whose process died is carried out by the next one, in the placeholder that is there.",
  "chat.handles":
    "A reply handle is used while it lives, its uses kept for the result, and asked for again before its end.",
  "chat.presses": "A press that may not act, or says nothing any more, gets a true sentence.",
  "chat.paced": "What a platform lets through is obeyed: by conversation, by bot, and as long as it asks to wait.",
  "chat.results-first": "First answers wait behind nothing, and results go before progress.",

  "discord.commands":
    "Every tool is a Discord command with typed, ranged, localised options within Discord's limits; a new tool touches nothing.",
  "discord.registered-once": "Commands are registered when they changed, and only then, also after a restart.",
  "discord.form-first":
    "A missing or long argument is asked for in a form, as the first answer; what is wrong can be corrected in one.",
  "discord.wrong-alone":
    "What is wrong with a public command is said to its asker alone, also after a crash, and nothing of it stays in public.",
  "discord.acknowledged":
    "A Discord command is acknowledged within a second, also while providers hang and hundreds come at once.",
  "discord.native": "Results arrive as native media with buttons, progress by edits, in the asker's language.",
  "discord.playable": "Recordings are heard in Discord itself, by the player that only classic messages have.",
  "discord.attachments": "Attached files are checked and copied at once, from the platform's own hosts only.",
  "discord.suggests": "Voices, sizes, own jobs and own media are suggested within 300 ms.",
  "discord.buttons": "Buttons work after a restart and only for whom they are meant; the others are told, alone.",
  "discord.ladder":
    "A Discord result goes into the answer, into the conversation, to the asker, or is kept with the reason.",
  "discord.notified":
    "A result that took longer than a minute is followed by one word that names its asker; a private one by none.",
  "discord.found": "A result that was sent unrecorded is found in the conversation and never sent twice.",
  "discord.unseen": "What nobody can look for and may be there is never sent again: the answer holds the result.",
  "discord.never-thinking": "No Discord answer is left thinking: a new process takes up what the old one left.",
  "discord.reopened": "An answer that only its token reaches offers a button that brings a new one before it ends.",
  "discord.too-large": "What is too large for its place is sent smaller or as a link that expires.",
  "discord.start-problems":
    "A wrong token, a missing scope or server ends the start with a sentence that says what to do.",
  "discord.away":
    "A connection that Discord closed for good is tried again with growing pauses, and operators are told meanwhile.",
  "discord.one-answers":
    "Of two installations with one token, only the one that answers a request first carries it out.",
  "discord.payloads": "Whatever a payload holds, nothing leaks, nobody is pinged and the next one is served.",
  "reached.by-proxy":
    "Every outgoing connection takes the proxy of the environment; this machine and NO_PROXY's hosts never do.",
  "slack.commands":
    "Slash commands by core's grammar become one job each; what is wrong is said to their sender alone.",
  "slack.acknowledged": "Every event is acknowledged once it is stored, and taken once over restarts and processes.",
  "slack.form":
    "Empty text opens a form before anything else is asked of Slack; a late one is a button that keeps everything.",
  "slack.delivery":
    "Results are files in the thread, then pictures in the first message: no file is hidden or shared twice.",
  "slack.ladder": "Where the bot is not, answers take the address that came with the command, then direct messages.",
  "slack.closed": "Guests and people of other workspaces spend nothing unless a rule lets them; roles are user groups.",
  "slack.buttons": "Buttons, shortcuts and direct messages work after a restart and only for whom they are meant.",
  "slack.crash": "A process that dies anywhere leaves no request without its answer and no result shown twice.",
  "slack.removed": "A workspace that removes the app ends deliveries with a sentence; its token is not used again.",
  "slack.http": "What reaches the public listener is taken when Slack has signed it, and by one of several processes.",
  "slack.inert": "Foreign words mention nobody, link nothing and make no markup.",
  "slack.manifest": "The manifest derives from the tools, and each of its scopes is needed.",
  "built.discord-fake":
    "The Discord of the tests refuses, limits, forgets and expires as Discord does, with its codes.",
  "built.discord-judge":
    "Discord's own description judges every request that the Discord of the tests accepts and all it gives out.",
  "telegram.answers":
    "A command has a first message at once, in the asker's language; its progress and its result come into that message.",
  "telegram.ready-once": "An edit makes no sound: after a wait one word says that the result is there, once.",
  "telegram.taken-once":
    "Every update is taken once, over restarts, in the order of its chat; a backlog is worked off.",
  "safe.privacy": "Everybody is told on every surface what is kept of them, where and how long.",
  "safe.forgotten":
    "Somebody who asks to be forgotten is: requests, media, voices and state go, sums stay; over kills, and never before what they paid for has reached them.",
  "telegram.local-server":
    "With a Bot API server of one's own files of 2,000 MB pass, what people send is read from its folder and nowhere else, and the cloud lets the bot go first.",
  "telegram.stored-first":
    "An update that cannot be stored is not confirmed and comes again; one that fails by what it holds holds up no other.",
  "telegram.replies":
    "What a command replies to, its caption's file, an album: each goes to the inputs of its kind, whatever their names.",
  "telegram.dialogue":
    "What is missing is asked for, by buttons or in words, of several people at once, and also after a restart.",
  "telegram.closed":
    "Nobody starts work that may cost before an operator has let them or their chat in, which one button asks for.",
  "telegram.ladder":
    "A message that was deleted, a group that moved, a bot that was removed: the result arrives another way.",
  "telegram.private": "What is for one person alone comes into their own chat; a group learns nothing of it.",
  "telegram.native":
    "Pictures, films, recordings, voices, albums: each as Telegram shows it best, else as a file or link.",
  "telegram.inert": "Foreign text on Telegram mentions nobody and becomes no command, tag, link or preview.",
  "telegram.receiving": "A second poller, a foreign webhook, a token that is refused: each is explained, and heals.",
  "telegram.webhook": "A webhook proves itself by its secret and has its 200 as soon as the update is stored.",
  "telegram.flood": "While Telegram asks to wait, progress is dropped and every result arrives, each once.",
  "telegram.secrets": "The bot's token is in no log, error, record or message.",
  "built.telegram-fake":
    "The Telegram of the tests refuses, limits, forgets and expires as Telegram does, in its words, by polling and webhook.",
  "built.telegram-judge":
    "Telegram's own description and a library's types judge every request that the Telegram of the tests accepts and all it gives out.",
  "built.slack-fake":
    "The Slack of the tests refuses, limits, expires and repeats as Slack does, with its codes; the real Bolt drives it.",
  "built.slack-judge": "Slack's reference, its published types and another emulator agree with the Slack of the tests.",
  "built.node": "Everything that is not a test runs on Node 22.19 and newer.",
  "built.arrows": "Imports follow the arrows of the design.",
  "built.guides": "Every path and command the guides name exists.",
  "built.variables": "Every variable that can be set stands in the README, in both languages.",
  "built.option-docs":
    "Every field that a caller of a public door fills in says what it is, in which unit and with which default.",
  "built.door": "What core exports is pinned.",
  "built.tool-is-one-file": "A new tool appears on every surface without touching an adapter.",

  "documents.covered":
    "Every endpoint, field and code of the vendors' documents is listed with the test that proves it, or why it is not used.",
  "documents.wire":
    "What is sent, and what the sandbox answers, has the documented shape; every recorded answer comes to its meaning.",
  "documents.errors":
    "Every documented error of every call has its charge, its retry and what a person reads in both languages.",
} as const;

export type RequirementId = keyof typeof requirements;
