import fc from "fast-check";
import type { Answer, OperationEnd } from "./life-model.ts";
import type { LifeWorld, VendorStartModel } from "./life-world.ts";

/** The world is model and system in one: every model of a job hears from the vendor's side by itself. */
type Command = fc.AsyncCommand<LifeWorld, LifeWorld>;

/** A command that is followed by a comparison of every record with its model. */
function command(name: string, possible: (world: LifeWorld) => boolean, run: (world: LifeWorld) => unknown): Command {
  return {
    check: possible,
    async run(world) {
      await run(world);
      await world.compare();
    },
    toString: () => name,
  };
}

const pending = (world: LifeWorld): VendorStartModel[] =>
  world.starts.filter(({ state, holder }) => state === "pending" && !holder.isDead());
const working = (world: LifeWorld): VendorStartModel[] =>
  world.starts.filter(({ answer, operation }) => answer === "operation" && operation === undefined);
const running = (world: LifeWorld) => world.processes.filter((process) => !process.isDead() && !process.isFrozen());
const pick = <T>(from: readonly T[], index: number): T => from[index % from.length]!;
const always = () => true;

const answers: readonly Answer[] = ["made", "made", "operation", "operation", "refused", "later", "unknown"];
const ends: readonly OperationEnd[] = ["made", "made", "failed", "lost"];
const steps = [
  ...[1, 10, 100, -1, -100].map((seconds) => seconds * 60_000),
  ...[1, -1].map((days) => days * 24 * 60 * 60_000),
];

/** What may happen to jobs, their processes and their vendor, in any order. */
export function lifeCommands(most: number): fc.Arbitrary<Iterable<Command>> {
  const index = fc.nat(20);
  const process = fc.nat(1);
  const create = fc
    .tuple(process, fc.constantFrom(1, 1, 2))
    .map(([of, count]) => command(`create(${count})@${of}`, always, (world) => world.ask(of, count)));
  const answer = fc
    .tuple(index, fc.constantFrom(...answers))
    .map(([of, said]) =>
      command(`answer(${of}, ${said})`, isAny(pending), (world) => world.answer(pick(pending(world), of), said)),
    );
  return fc.commands(
    [
      ...[create, create, answer, answer],
      fc.tuple(index, fc.constantFrom(...ends)).map(([of, end]) =>
        command(`operationEnds(${of}, ${end})`, isAny(working), (world) => {
          pick(working(world), of).operation = end;
        }),
      ),
      fc.tuple(index, process, fc.boolean()).map(([of, at, forged]) =>
        command(
          `callback(${of}${forged ? ", forged" : ""})@${at}`,
          ({ starts }) => starts.length > 0,
          (world) => world.callBack(pick(world.starts, of), at, forged),
        ),
      ),
      fc.tuple(index, process, fc.constantFrom("cancel", "start-again", "leave")).map(([of, at, action]) =>
        command(
          `press(${of}, ${action})@${at}`,
          ({ jobs }) => jobs.length > 0,
          (world) => world.press(pick(world.jobs, of), action, at),
        ),
      ),
      fc.constantFrom(0, 1_000, 6_000, 40_000).map((ms) => command(`pass(${ms})`, always, (world) => world.pass(ms))),
      fc.constantFrom(...steps).map((by) => command(`setClock(${by})`, always, (world) => world.setClock(by))),
      fc
        .tuple(process, fc.option(fc.nat(60)))
        .map(([of, at]) =>
          command(`crash(${of}), next at ${at}`, isAny(running), (world) =>
            world.crash(pick(running(world), of), at ?? undefined),
          ),
        ),
      process.map((of) =>
        command(
          `freeze(${of})`,
          (world) => running(world).length === 2,
          (world) => world.freeze(pick(running(world), of)),
        ),
      ),
      fc.constant(
        command(
          "thaw",
          ({ processes }) => processes.some(({ frozen }) => frozen),
          (world) => world.thaw(),
        ),
      ),
      fc
        .constantFrom("throw-before" as const, "throw-after" as const)
        .map((how) => command(`sendFails(${how})`, always, (world) => world.failSend(how))),
    ],
    { maxCommands: most, size: "max" },
  );
}

function isAny(of: (world: LifeWorld) => readonly unknown[]): (world: LifeWorld) => boolean {
  return (world) => of(world).length > 0;
}
