import { existsSync } from "node:fs";
import { join } from "node:path";
import { type LocalizedText, type Logger, loadSecretKey, systemRandom as random, UsageError } from "@toolcast/core";
import {
  lockToMove,
  type MoveTarget,
  openMoveTarget,
  type StoreToMove,
  waitingClock,
  wasMoved,
} from "@toolcast/core/engine";
import { say } from "@toolcast/core/surface";
import { consoleToMove } from "@toolcast/web";
import { asRefusal } from "./database-store.ts";
import { readProcessRecord } from "./process-record.ts";
import { serverRecordFile } from "./server/server-record.ts";
import { filesOf, openStore } from "./store.ts";

export interface MoveOptions {
  directory: string;
  /** The database's address; a secret. */
  url: string;
  logger: Logger;
}

/**
 * Moves what is stored in a data directory, except media, into an empty database. At no moment do both start work: the
 * copy is one transaction and is held; then the directory is marked and refused; then the copy is released. Cut off at
 * any point, the same call again does what is left. Throws a `UsageError` if something must be done first.
 */
export async function moveStore({ directory, url, logger }: MoveOptions): Promise<void> {
  const { jobs, keyFile } = filesOf(directory);
  if (!existsSync(jobs)) {
    throw refusal({
      en: `There is nothing to move in ${directory}.`,
      "zh-CN": `${directory} 中没有可移动的内容。`,
    });
  }
  const isMarked = wasMoved(jobs);
  const secretKey = isMarked ? await loadSecretKey(keyFile, random, false) : await readyToMove(directory, logger);
  const target = await openMoveTarget({ url, clock: waitingClock, secretKey });
  try {
    if (!isMarked) {
      const store = lockToMove(jobs);
      if (store === null) {
        throw refusal({
          en: `Another Toolcast process has ${directory} open: a command such as toolcast run, or toolcast mcp for an AI client. End it, then move. Nothing was moved.`,
          "zh-CN": `另有 Toolcast 进程正在使用 ${directory}：例如 toolcast run 命令，或 AI 客户端的 toolcast mcp。请先结束它，再移动。未移动任何内容。`,
        });
      }
      try {
        await copy(store, target, directory);
        store.markMoved();
      } finally {
        store.close();
      }
    }
    if (!(await target.finish())) {
      throw refusal({
        en: `${directory} was moved already. Set DATABASE_URL to the database it was moved into.`,
        "zh-CN": `${directory} 此前已移动。请将 DATABASE_URL 设为当时移入的数据库。`,
      });
    }
  } catch (error) {
    throw asRefusal(error);
  } finally {
    await target.close();
  }
}

async function copy(store: StoreToMove, target: MoveTarget, directory: string): Promise<void> {
  const starting = store.starting();
  if (starting.length > 0) {
    throw refusal({
      en: `A paid start is under way, or was cut off: ${starting.join(", ")}. Run toolcast start until it is clear how it ended, stop it, then move. Nothing was moved.`,
      "zh-CN": `有计费请求正在进行或曾被中断：${starting.join("、")}。请运行 toolcast start 直到其结果明确，停止后再移动。未移动任何内容。`,
    });
  }
  await target.copy((table) => store.rows(table), consoleToMove(join(directory, "console.sqlite")));
}

/** Opened once as usual, which brings an older store up to date; returns its key. */
async function readyToMove(directory: string, logger: Logger): Promise<Uint8Array> {
  if (readProcessRecord(serverRecordFile(directory)) !== null) {
    throw refusal({
      en: `A server is running on ${directory}. Stop it, then move. Nothing was moved.`,
      "zh-CN": `有服务器正在使用 ${directory}。请先停止它，再移动。未移动任何内容。`,
    });
  }
  const store = await openStore(directory, { logger, newKey: false });
  try {
    const held = store.identity.held();
    if (held !== null) {
      throw refusal({ en: say(held, "en"), "zh-CN": say(held, "zh-CN") });
    }
    return store.secretKey;
  } finally {
    await store.close();
  }
}

function refusal(sentence: LocalizedText): UsageError {
  return new UsageError(sentence);
}
