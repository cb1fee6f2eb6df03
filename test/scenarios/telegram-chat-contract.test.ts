import { vi } from "vitest";
import { chatContract } from "../contracts/chat-contract.ts";
import { telegramChat } from "../telegram-chat.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

chatContract(telegramChat);
