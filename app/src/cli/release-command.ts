import { type MessageAction, UsageError } from "@toolcast/core";
import { say } from "@toolcast/core/surface";
import { type CommandContext, isInteractive } from "./command-context.ts";
import { chooseAction } from "./question.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

export interface ReleaseOptions {
  /** Skips the confirmation. */
  yes?: boolean;
  /** The existing key file, or a new one, replaces the earlier key. */
  newKey?: boolean;
}

/** `toolcast release`: an operator confirms that a restored or copied data directory is the one to continue with. */
export async function releaseCommand(context: CommandContext, { yes, newKey }: ReleaseOptions): Promise<void> {
  const workplace = await openWorkplace(context, "ask", { newKey });
  try {
    const { output } = context;
    const held = workplace.runtime.held();
    if (held === null && newKey !== true) {
      output.print({ en: "Nothing is held here.", "zh-CN": "此处没有需要放行的内容。" }[output.locale]);
      output.document({ released: false });
      return;
    }
    if (held !== null) {
      output.note(say(held, output.locale));
    }
    if (yes !== true && !(await isConfirmed(context))) {
      output.document({ released: false });
      return;
    }
    await workplace.identity.release();
    output.print(doneText(workplace, newKey === true)[output.locale]);
    output.document({ released: true });
  } finally {
    await workplace.close();
  }
}

function doneText({ configuration }: Workplace, isKey: boolean): { en: string; "zh-CN": string } {
  const { dataDirectory } = configuration;
  return isKey
    ? {
        en: `Released: ${dataDirectory} is now the one in use, with its current key. A running server continues on its own.`,
        "zh-CN": `已放行：今后使用 ${dataDirectory}，并使用当前的密钥。正在运行的服务器会自动继续。`,
      }
    : {
        en: `Released: ${dataDirectory} is now the one in use. A running server continues on its own.`,
        "zh-CN": `已放行：今后使用 ${dataDirectory}。正在运行的服务器会自动继续。`,
      };
}

async function isConfirmed(context: CommandContext): Promise<boolean> {
  const { stdin, stderr, output } = context;
  if (!isInteractive(context)) {
    throw new UsageError(
      {
        en: "This needs a confirmation, which cannot be asked for here. Add --yes once the other copy is stopped.",
        "zh-CN": "此处无法询问确认。请先停止另一份，再加上 --yes。",
      },
      "yes",
    );
  }
  const release: MessageAction = {
    action: "release",
    subject: "",
    style: "danger",
    label: { en: "Release it: no other copy is in use", "zh-CN": "放行：没有其他副本在使用" }[output.locale],
  };
  const { signal } = new AbortController();
  return (await chooseAction([release], { locale: output.locale, stdin, stderr, signal })) !== null;
}
