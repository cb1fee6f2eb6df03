/** What agents, and programs that embed the tools, are promised; part of `requirements.ts`. */
export const agentRequirements = {
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
    "What needs consent is asked of the agent's person in one question if possible, otherwise waits for a person elsewhere; nothing a model says counts as agreement.",
  "mcp.local-person":
    "An agent over stdio works for the machine's own user: it may see what they may, money included, and decides nothing for them.",
  "mcp.text-grows": "An agent's call reports a text as it grows, and returns it as it would be in one piece.",
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
  "mcp.any-process":
    "Behind a load balancer any process answers an agent's next request: its session, its cancellations, its user's answers and what it is subscribed to.",
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
  "mcp.look-again":
    "An agent that looks again at a job that has ended has nothing rendered again, and sees at once what has changed about the job, its media and their links.",
  "mcp.killed": "Killed at random points, the server finds and finishes every job after its restart.",
  "mcp.config":
    "`toolcast mcp config` prints a client's configuration with absolute paths and every needed setting, and no secret.",
  "mcp.card":
    "The card follows its job unprompted, shows the result or why there is none, informs the model once, and then stops.",
  "langchain.tools": "LangChain programs get every tool they may use, typed and described by the same definitions.",
  "langchain.spark":
    "LangChain programs get Spark's chat models, streamed and with tools; every question is asked once.",
  "langchain.long-jobs":
    "A LangChain call waits up to its limit, then returns the job, which continues and can be found by its id.",
  "langchain.abort":
    "An aborted LangChain call stops waiting but leaves the job running; the same tool call again is the same job.",
  "langchain.errors": "An error thrown into LangChain gives the code, the charge and what to do next.",
  "langchain.agreed":
    "A LangChain program agrees to prices and consent in advance; otherwise nothing is stored or spent.",
} as const;
