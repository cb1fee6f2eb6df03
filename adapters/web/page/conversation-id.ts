/** A new name for a conversation. */
export function newConversationId(): string {
  return `c${newKey().slice(0, 12)}`;
}

/** 128 random bits in hex. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
