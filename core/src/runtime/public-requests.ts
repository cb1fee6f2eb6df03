import { asStorageError, StorageError } from "../errors/storage-error.ts";
import { storageUnavailable } from "../media/serve-asset.ts";

/** Answers some paths; null for the others. */
interface Handler {
  handle(request: Request): Promise<Response | null>;
}

/**
 * Answers with the first handler that knows the path; null if none does. While the store cannot be used the answer is
 * 503: vendors then ask again, where another error would end what they were asked to do.
 */
export function publicRequests(...handlers: readonly Handler[]): Handler["handle"] {
  return async (request) => {
    try {
      for (const handler of handlers) {
        const answer = await handler.handle(request);
        if (answer !== null) {
          return answer;
        }
      }
      return null;
    } catch (error) {
      if (asStorageError(error) instanceof StorageError) {
        return storageUnavailable();
      }
      throw error;
    }
  };
}
