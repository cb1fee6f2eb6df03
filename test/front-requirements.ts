/** What somebody who tries Toolcast at the console or in a terminal is promised; part of `requirements.ts`. */
export const frontRequirements = {
  "tried.no-setup": "With no keys at all everything runs against the sandbox vendors on loopback.",
  "console.text-grows": "A text is shown on the page as it arrives, with a button that stops it.",
  "console.pictures-side-by-side": "Several pictures of one result are shown side by side, even on a phone.",
  "console.result-used-again": "Every medium of a result opens in a form of any tool that accepts it.",
  "console.media-by-id": "A person's own pictures, recordings and videos can be chosen in any form that accepts them.",
  "console.decision-in-place":
    "Decisions are made where the question is shown, beside what is known about it by then, in the reader's language.",
  "console.conversations": "A conversation can be named and removed; the removal can be undone, and its jobs stay.",
  "console.sharing": "Sharing a voice asks with whom, says so afterwards, and one press takes it back.",
  "console.deleting":
    "A person's own media, voices, jobs and conversations are deleted, one or many, once it is said what goes and what vendors keep.",
  "console.keyboard":
    "Everything from choosing a tool to pressing a decision works by keyboard alone, and the focus is never lost.",
  "console.nothing-lost":
    "What is sent while the server is away waits in the browser, over reloads too, and becomes one request once the server answers.",
  "console.draft-kept": "What is being typed, and the lines sent before, survive a reload.",
  "console.accessible":
    "Every view is accessible: on phones and wide screens, light and dark, axe finds nothing serious.",
  "console.opens-at-top": "A new conversation opens at its top, however far the one before it was scrolled.",
  "console.values-suggested": "Behind the name of an input in a typed line, values for it are suggested.",
  "console.drop-hint": "While a file is dragged over the page, it says that the file can be dropped, and where.",
  "console.wrong-upload": "A file that cannot be used is named, with what is accepted there.",
  "console.form-honest":
    "A form marks nothing as missing that is there, and has all that was typed before it was opened.",
  "console.one-headline": "A view has one headline; the text of a request is quoted in it.",
  "console.readers-zone": "The moments that an answer names are shown in the reader's time zone and language.",
  "console.notification":
    "A browser notification says that work has ended while its person is elsewhere; permission is asked for at a press only.",
  "console.compressed": "The page's files arrive compressed, and caches tell their forms apart.",
  "console.restart-honest": "After a restart the banner says what is known about the jobs, and promises nothing else.",
  "console.media-gone": "Media that are gone say so wherever they were shown.",
  "console.operations-address":
    "The operators' page has an address of its own, which survives a reload and the way back.",
  "console.unpriced-spend":
    "The operators' page says of how many starts the price is not known, instead of adding nothing.",
  "console.language-switch": "A change of language reaches what is shown already, answers about wrong input too.",
  "understood.whole-progress": "Progress of a request with several starts is that of the whole request.",
  "console.announced": "Screen readers announce what arrives and what changes.",

  "tried.console": "In a browser a typed command is acknowledged at once and its result arrives in the conversation.",
  "tried.kill-button":
    "Killing the server from the console loses nothing: the running job visibly finishes after the restart.",
  "tried.command-line": "The command line runs every tool; --json prints one document; exit codes are 0, 1 and 2.",
  "tried.pipes": "The command line reads its main text from standard input and writes a result to standard output.",
  "tried.configuration": "An error in the configuration is reported with the variable's name and what to do.",
  "tried.settings":
    "`toolcast settings` lists every variable with its meaning, rule and default and whether it is set, never its value; `.env.example` is the same list.",
  "tried.completion":
    "bash, zsh and fish complete commands, tools, options and values, all taken from the definitions themselves.",
  "tried.misspelt": "A misspelt command or setting is answered with what was probably meant, and does nothing else.",
  "tried.sandbox": "The sandbox enforces the vendors' protocols strictly and lists every paid start.",
} as const;
