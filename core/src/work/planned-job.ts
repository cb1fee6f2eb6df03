import type { Json } from "../ground/json.ts";
import type { StepPlan } from "../job/step-plan.ts";
import type { Capability, Operation, Operations } from "../providers/operation.ts";
import type { Provider } from "../providers/provider.ts";
import type { SpendingTool, Step } from "../tools/tool.ts";

/** A step with the operation that carries it out. */
export interface PlannedStep {
  step: Step;
  operation: Operation<unknown>;
}

/**
 * A request planned for one provider: made when the provider is chosen and when a worker takes the job, then passed on.
 */
export interface PlannedJob {
  tool: SpendingTool;
  provider: Provider;
  /** How the request is divided into `steps`. */
  plan: StepPlan;
  /** In the order in which they run. */
  steps: readonly PlannedStep[];
}

/** Divides one request into steps for one provider after another; asks the tool once for each way of dividing it. */
export class Planner {
  readonly #tool: SpendingTool;
  readonly #input: Record<string, Json>;
  readonly #cut = new Map<string, readonly Step[]>();

  constructor(tool: SpendingTool, input: Record<string, Json>) {
    this.#tool = tool;
    this.#input = input;
  }

  /** Null if the provider cannot do one of the steps. `plan` defaults to what the provider's operations say now. */
  at(provider: Provider, plan: StepPlan = planAt(provider)): PlannedJob | null {
    const steps: PlannedStep[] = [];
    for (const step of this.#steps(plan)) {
      const operation = operationOf(provider, step.capability);
      if (operation === undefined) {
        return null;
      }
      steps.push({ step, operation });
    }
    return { tool: this.#tool, provider, plan, steps };
  }

  /** What a provider must be able to do. */
  capabilities(): Capability[] {
    const [steps = this.#steps({ perCall: {} })] = this.#cut.values();
    return [...new Set(steps.map(({ capability }) => capability))];
  }

  #steps(plan: StepPlan): readonly Step[] {
    const key = JSON.stringify(Object.entries(plan.perCall).toSorted());
    const steps = this.#cut.get(key) ?? this.#tool.steps(this.#input, plan);
    this.#cut.set(key, steps);
    return steps;
  }
}

/** The names of the steps. Throws if there are none, or two with one name, because steps are found by name. */
export function stepNames({ tool, steps }: PlannedJob): string[] {
  const names = steps.map(({ step }) => step.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined || names.length === 0) {
    throw new Error(`The tool ${tool.name} has ${twice === undefined ? "no steps" : `two steps named ${twice}`}`);
  }
  return names;
}

function planAt({ operations }: Provider): StepPlan {
  const entries = Object.entries(operations).flatMap(([capability, operation]) => {
    const { perCall = 1 } = operation ?? {};
    return perCall === 1 ? [] : [[capability, perCall]];
  });
  return { perCall: Object.fromEntries(entries) };
}

/** A capability's operation, whatever its request type. */
function operationOf(provider: Provider, capability: Capability): Operation<unknown> | undefined {
  return (provider.operations as Operations)[capability] as Operation<unknown> | undefined;
}
