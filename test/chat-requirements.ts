/** What people on a chat platform are promised; part of `requirements.ts`. */
export const chatRequirements = {
  "chat.buttons":
    "A button's action fits into an id as short as its platform requires; what does not fit is stored and found again.",
  "chat.forms":
    "A form asks first for required inputs that are missing, in the tool's order, as many as its platform has room for.",
  "chat.files":
    "A file that somebody sends is fetched from the platform alone, and a fault in it is reported for its input.",
  "chat.suggest": "Suggestions are never late and never an error: at worst there are none.",
  "chat.doctor": "A bot's doctor says what is proved and what is not, without anybody noticing the check.",
  "chat.forms-kept":
    "A form keeps the given answers, asks for the rest all at once or one at a time, and survives restarts.",
  "chat.forms-capped":
    "A form that holds more than one request can is refused in a sentence; what was entered before stays.",
  "chat.rendered-once": "A job's message is rendered once for each time it is shown.",
  "chat.acknowledged":
    "Every act is acknowledged within the platform's deadline, whatever vendors do and however many acts arrive.",
  "chat.once":
    "An event of a chat platform is taken once, over restarts and processes; an unreadable one is taken too.",
  "chat.recovered":
    "A request whose process died is carried out by the next one, in the placeholder that is already shown.",
  "chat.intake":
    "A platform's event is stored as it came and may then be forgotten; conversations are served side by side, each in order, over restarts.",
  "chat.connects":
    "An adapter that cannot reach its platform, or is refused by it, goes on trying in growing pauses and says why; only what an operator must fix ends a start.",
  "chat.handles":
    "A reply handle is used while it lives, its uses are saved for the result, and a new one is requested before it expires.",
  "chat.moments":
    "Lists and stories show moments in their reader's own time zone where the platform can, otherwise in words.",
  "chat.again":
    "A request that lacks nothing is started again by one press, a double click starts it once, and a form beside it changes it.",
  "chat.use": "If a result has several media, the form that uses one of them offers all of them to choose from.",
  "chat.presses": "A press that is not allowed, or on an outdated button, gets a true sentence.",
  "chat.paced": "A platform's rate limits are obeyed: by conversation, by bot, and for as long as it asks to wait.",
  "chat.notified":
    "An answer that shows its result more than a minute later is followed by one short message, whatever happens meanwhile.",
  "chat.direct":
    "A message to the asker alone links to the request if others see it, and what the platform refuses there is shown where the job was asked for.",
  "chat.text-grows":
    "A text is shown as it arrives, at its surface's pace and within its limits, and ends as it would have in one piece.",
  "chat.own-words": "An answer of ours gives a tool its files; its text, which announces a job, is never worked on.",
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
  "discord.playable":
    "Recordings can be played in Discord itself, by the player that only messages without layout components have.",
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
  "slack.commands": "Slash commands by core's grammar become one job each; errors are shown to their sender alone.",
  "slack.acknowledged":
    "Every event is acknowledged once it is stored, before Slack is asked anything, and taken once over restarts and processes.",
  "slack.form":
    "Empty text opens a form before any other call to Slack; if it is too late for one, a button keeps everything.",
  "slack.delivery":
    "Results are files in the thread and then pictures in the first message: no file is hidden or shared twice.",
  "slack.files":
    "Files that Slack refuses, deletes or does not show are tried once more or elsewhere, then the outcome is read without them and its job says why.",
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
  "slack.not-taken":
    "What cannot be stored or is not signed is refused at once with the reason, and what is of an unknown kind is acknowledged at once and named in the log.",
  "slack.workspaces":
    "In organisations and shared channels people belong to all their workspaces, and answers to the one that asked.",
  "slack.inert": "Text from people and vendors mentions nobody, links nothing and makes no markup.",
  "slack.prefix":
    "With a prefix every command starts its own tool under it; a prefix that Slack or another tool's name forbids is refused in a sentence.",
  "slack.token": "The bot's token is sent to Slack's API and file hosts only, encrypted, and follows no redirect.",
  "slack.manifest": "The manifest derives from the tools, and each of its scopes is needed.",
  "telegram.answers":
    "A command gets a first message at once, in the asker's language; its progress and its result appear in that message.",
  "telegram.ready-once":
    "Because an edit makes no sound, one short message after a wait says that the result is there.",
  "telegram.taken-once":
    "Every update is taken once, over restarts, in the order of its chat; a backlog is worked through.",
  "telegram.local-server":
    "With a self-hosted Bot API server, files of 2,000 MB work, are streamed from disk and are read only from that server's folder; the cloud server logs the bot out first, once.",
  "telegram.stored-first":
    "An update that cannot be stored is not confirmed and comes again; one that fails because of its content delays no other.",
  "telegram.side-by-side":
    "A slow or hanging API of one chat delays no other, neither requests nor refusals, questions about roles or help.",
  "telegram.senders":
    "An anonymous administrator counts as one but cannot be billed and learns that; channels, their forwarded posts and other bots get no answer.",
  "telegram.replies":
    "A message that a command replies to, a file with a caption, an album: each goes to the inputs of its kind, whatever their names.",
  "telegram.dialogue":
    "Missing inputs are asked for, by buttons or in words, from several people at once, and even after a restart.",
  "telegram.closed":
    "Nobody starts work that may cost money before an operator has admitted them or their chat, which one button requests.",
  "telegram.late":
    "After a long absence nothing that may cost money starts from an old command, answer, press or link; its sender learns that and can repeat it.",
  "telegram.no-rights":
    "Where the bot may not write, or not send files, answers and results go to the asker's own chat with the reason, or are kept for it; a text without its files never counts as the result.",
  "telegram.whole-text":
    "A text too long for its message arrives whole, as a file that is sent once in spite of failures, or in the asker's own chat where files are forbidden.",
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
  "telegram.doctor":
    "`doctor` says whether the bot reads groups whole, whose its webhook is and whether the last delivery to it failed.",
  "telegram.alone":
    "Where the server can show a message to one member alone, private questions that cost and change nothing are asked and answered so in a group; nothing else rests on it.",
  "telegram.stop":
    "In a private chat Telegram's own Stop button cancels the job, even after a restart, and no draft is left below a result.",
  "telegram.draft-grows":
    "In a private chat a text that takes longer is shown in a draft as it grows; where there is none, by edits alone. The result is the same.",
  "telegram.elsewhere":
    "Where inline or guest mode is switched on, people let in get answers that cost, change and reveal nothing, and inline their own results; strangers get nothing.",
  "telegram.file-limits":
    "A file that Telegram gives no bot is answered once; a result over its limit is a smaller picture or a signed link.",
  "telegram.private-topics": "In a private chat with topics, each topic has its own questions, answers and results.",
  "telegram.uploaded-once": "Each file is uploaded to Telegram once, voice notes included, and then shown by its id.",
  "telegram.staged":
    "Inline mode also offers finished results that Telegram has not had yet: they are uploaded unnoticed, once, and no answer waits too long for it.",
  "telegram.native":
    "Pictures, videos, recordings, voices and albums are shown as Telegram shows them best, otherwise as a file or link.",
  "telegram.inert":
    "Text from people and vendors mentions nobody on Telegram and becomes no command, tag, link or preview.",
  "telegram.receiving":
    "A second poller, a foreign or removed webhook or a refused token is explained, and receiving recovers, in growing pauses.",
  "telegram.webhook": "A webhook request must carry its secret and gets its 200 as soon as the update is stored.",
  "telegram.flood": "While Telegram asks to wait, progress is dropped and every result arrives, each once.",
  "telegram.secrets": "The bot's token is in no log, error, record or message.",
} as const;
