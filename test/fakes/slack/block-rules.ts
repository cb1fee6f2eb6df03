import { isObject, type JsonObject } from "../json.ts";
import { checkElement, checkImage, elementPlaces, type FileRule } from "./element-rules.ts";
import type { FieldCheck } from "./field-check.ts";
import { everyObject } from "./mrkdwn.ts";

export type Surface = "message" | "modal" | "home";

type BlockRule = (check: FieldCheck, at: string, block: JsonObject, fileRule: FileRule) => void;

const plain = (max: number) => ({ max, kinds: "plain" as const });
const mrkdwn = (max: number) => ({ max, kinds: "mrkdwn" as const, optional: true });

const richText: BlockRule = (check, at, block) => {
  const kinds = ["rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"];
  check.list(`${at}/elements`, block.elements, { max: 100 }).forEach((element, index) => {
    check.oneOf(`${at}/elements/${index}/type`, isObject(element) ? element.type : undefined, kinds, false);
  });
};

const card: BlockRule = (check, at, block, fileRule) => {
  if (block.hero_image === undefined && !block.title && !block.actions && !block.body) {
    check.add(at, "must provide at least one of: hero_image, title, actions, body");
  }
  for (const name of ["hero_image", "icon"]) {
    const image = block[name] === undefined ? null : check.object(`${at}/${name}`, block[name]);
    if (image !== null) {
      checkImage(check, `${at}/${name}`, image, fileRule);
    }
  }
  check.text(`${at}/title`, block.title, mrkdwn(150));
  check.text(`${at}/subtitle`, block.subtitle, mrkdwn(150));
  check.text(`${at}/body`, block.body, mrkdwn(200));
  if (block.actions !== undefined) {
    check.list(`${at}/actions`, block.actions, { min: 1, max: 5 }).forEach((element, index) => {
      checkElement(check, `${at}/actions/${index}`, element, "card", fileRule);
    });
  }
};

const elementsOf =
  (place: "actions" | "context_actions", max: number): BlockRule =>
  (check, at, block, fileRule) => {
    check.list(`${at}/elements`, block.elements, { min: 1, max }).forEach((element, index) => {
      checkElement(check, `${at}/elements/${index}`, element, place, fileRule);
    });
  };

const section: BlockRule = (check, at, block, fileRule) => {
  if (block.text === undefined && block.fields === undefined) {
    check.add(at, "must provide text or fields");
  }
  check.text(`${at}/text`, block.text, { max: 3_000, kinds: "any", optional: true });
  if (block.fields !== undefined) {
    check.list(`${at}/fields`, block.fields, { min: 1, max: 10 }).forEach((field, index) => {
      check.text(`${at}/fields/${index}`, field, { max: 2_000, kinds: "any" });
    });
  }
  if (block.accessory !== undefined) {
    checkElement(check, `${at}/accessory`, block.accessory, "accessory", fileRule);
  }
};

const context: BlockRule = (check, at, block, fileRule) => {
  check.list(`${at}/elements`, block.elements, { min: 1, max: 10 }).forEach((element, index) => {
    const path = `${at}/elements/${index}`;
    if (isObject(element) && element.type === "image") {
      checkImage(check, path, element, fileRule);
    } else {
      check.text(path, element, { max: 3_000, kinds: "any" });
    }
  });
};

const table: BlockRule = (check, at, block) => {
  check.list(`${at}/rows`, block.rows, { min: 1, max: 100 }).forEach((row, index) => {
    check.list(`${at}/rows/${index}`, row, { min: 1, max: 20 }).forEach((cell, column) => {
      const kinds = ["rich_text", "raw_text", "raw_number"];
      check.oneOf(`${at}/rows/${index}/${column}/type`, isObject(cell) ? cell.type : undefined, kinds, false);
    });
  });
};

const taskStates = ["pending", "in_progress", "complete", "error"];

const taskCard: BlockRule = (check, at, block) => {
  check.string(`${at}/task_id`, block.task_id, { min: 1, max: 255 });
  check.string(`${at}/title`, block.title, { min: 1, max: 3_000 });
  check.oneOf(`${at}/status`, block.status, taskStates, false);
};

const rules: Readonly<Record<string, { readonly surfaces: readonly Surface[]; readonly rule: BlockRule }>> = {
  actions: { surfaces: ["message", "modal", "home"], rule: elementsOf("actions", 25) },
  alert: {
    surfaces: ["modal"],
    rule: (check, at, block) => {
      check.text(`${at}/text`, block.text, { max: 3_000, kinds: "any" });
      check.oneOf(`${at}/level`, block.level, ["default", "info", "warning", "error", "success"]);
    },
  },
  card: { surfaces: ["message"], rule: card },
  carousel: {
    surfaces: ["message"],
    rule: (check, at, block, fileRule) => {
      check.list(`${at}/elements`, block.elements, { min: 1, max: 10 }).forEach((element, index) => {
        const path = `${at}/elements/${index}`;
        const inner = check.object(path, element);
        if (inner !== null) {
          check.oneOf(`${path}/type`, inner.type, ["card"], false);
          card(check, path, inner, fileRule);
        }
      });
    },
  },
  context: { surfaces: ["message", "modal", "home"], rule: context },
  context_actions: { surfaces: ["message"], rule: elementsOf("context_actions", 5) },
  divider: { surfaces: ["message", "modal", "home"], rule: () => {} },
  header: {
    surfaces: ["message", "modal", "home"],
    rule: (check, at, block) => check.text(`${at}/text`, block.text, plain(150)),
  },
  image: {
    surfaces: ["message", "modal", "home"],
    rule: (check, at, block, fileRule) => {
      checkImage(check, at, block, fileRule);
      check.text(`${at}/title`, block.title, { ...plain(2_000), optional: true });
    },
  },
  input: {
    surfaces: ["message", "modal", "home"],
    rule: (check, at, block, fileRule) => {
      check.text(`${at}/label`, block.label, plain(2_000));
      check.text(`${at}/hint`, block.hint, { ...plain(2_000), optional: true });
      checkElement(check, `${at}/element`, block.element, "input", fileRule);
    },
  },
  markdown: {
    surfaces: ["message"],
    rule: (check, at, block) => check.string(`${at}/text`, block.text, { min: 1, max: 12_000 }),
  },
  plan: {
    surfaces: ["message"],
    rule: (check, at, block, fileRule) => {
      check.string(`${at}/title`, block.title, { min: 1, max: 3_000 });
      ((block.tasks ?? []) as unknown[]).forEach((task, index) => {
        taskCard(check, `${at}/tasks/${index}`, isObject(task) ? task : {}, fileRule);
      });
    },
  },
  rich_text: { surfaces: ["message", "modal", "home"], rule: richText },
  section: { surfaces: ["message", "modal", "home"], rule: section },
  table: { surfaces: ["message"], rule: table },
  task_card: { surfaces: ["message"], rule: taskCard },
};

/** Types that need an unfurl domain, a remote file or a plan that no adapter has; listed to refuse them clearly. */
const unavailable = ["video", "file", "container", "data_table", "call"];

/** Checks a list of blocks; `fileRule` says whether a file may be shown as a picture. */
export function checkBlocks(
  check: FieldCheck,
  at: string,
  value: unknown,
  { surface, max, fileRule }: { surface: Surface; max: number; fileRule: FileRule },
): JsonObject[] {
  const blocks = check.list(at, value, { max });
  const ids = new Set<string>();
  blocks.forEach((given, index) => {
    const path = `${at}/${index}`;
    const block = check.object(path, given);
    if (block === null) {
      return;
    }
    const known = rules[String(block.type)];
    if (known === undefined || !known.surfaces.includes(surface)) {
      const reason = unavailable.includes(String(block.type)) ? "not available to this app" : "unsupported type";
      check.add(`${path}/type`, `${reason}: ${String(block.type)}`);
      return;
    }
    const id = check.string(`${path}/block_id`, block.block_id, { min: 1, max: 255, optional: true });
    if (id !== null && ids.has(id)) {
      check.add(`${path}/block_id`, `block_id already exists: ${id}`);
    }
    ids.add(id ?? "");
    known.rule(check, path, block, fileRule);
    const actionIds = everyObject(block).flatMap(({ action_id: action }) =>
      typeof action === "string" ? [action] : [],
    );
    for (const repeated of new Set(actionIds.filter((action, place) => actionIds.indexOf(action) !== place))) {
      check.add(path, `action_id already exists for other components: ${repeated}`);
    }
  });
  return blocks.filter(isObject);
}

const interactive = new Set<string>(Object.values(elementPlaces).flat());

/** Blocks as Slack stores them: every block and every interactive element has an identifier. */
export function withIdentifiers(blocks: readonly JsonObject[], newId: () => string): JsonObject[] {
  const filled = structuredClone([...blocks]);
  for (const block of filled) {
    block.block_id ??= newId();
    for (const element of everyObject(block)) {
      if (element !== block && interactive.has(String(element.type)) && element.type !== "image") {
        element.action_id ??= newId();
      }
    }
  }
  return filled;
}
