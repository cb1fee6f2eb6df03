import { type Console, numberFrom, type WebApp } from "./console-context.ts";
import { WebFailure } from "./web-failure.ts";

/** The person's jobs, newest first, and one of them with its timeline. */
export function jobRoutes(app: WebApp, web: Console): void {
  const { runtime } = web.options;
  app.get("/api/jobs", async (context) => {
    const caller = web.callerOf(context);
    const limit = numberFrom(context.req.query("limit"), { minimum: 1, maximum: 200, fallback: 50 });
    const jobs = await runtime.jobs({ limit }, caller);
    return context.json({ jobs: await Promise.all(jobs.map((job) => web.view.job(job, caller))) });
  });

  app.get("/api/jobs/:id", async (context) => {
    const caller = web.callerOf(context);
    const job = await runtime.job(context.req.param("id"), caller);
    if (job === null) {
      throw new WebFailure(404, "notFound");
    }
    return context.json(await web.view.jobDetail(job, caller));
  });
}
