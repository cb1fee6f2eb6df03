import { chatContract } from "@toolcast/testing";
import { vi } from "vitest";
import { pinboardChat } from "./room.ts";

// Loopback sockets take real time, more of it on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

chatContract(pinboardChat);
