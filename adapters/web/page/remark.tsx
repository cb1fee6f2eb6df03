import { MessageTitle, MessageView } from "./message-view.tsx";
import { Sheet } from "./sheet.tsx";
import { remark } from "./store.ts";

/** An answer that does not belong in the conversation. */
export function Remark() {
  const message = remark.value;
  if (message === null) {
    return null;
  }
  return (
    <Sheet
      key={message.title}
      kind="card"
      title={<MessageTitle message={message} />}
      onClose={() => {
        remark.value = null;
      }}
    >
      <div class={`message ${message.tone}`} role="alert">
        <MessageView message={message} isTitled={false} />
      </div>
    </Sheet>
  );
}
