import { effect } from "@preact/signals";
import { render } from "preact";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/conversation.css";
import "./styles/conversation-list.css";
import "./styles/message.css";
import "./styles/composer.css";
import "./styles/form.css";
import "./styles/jobs.css";
import "./styles/gallery.css";
import "./styles/operator.css";
import "./styles/search.css";
import "./styles/selection.css";
import "./styles/upload.css";
import { load, openConversation, report } from "./actions.ts";
import { followAddress } from "./address.ts";
import { App } from "./app.tsx";
import { locale } from "./locale.ts";
import { watchJobs } from "./notify.ts";
import { openOutbox } from "./outbox.ts";
import { now } from "./store.ts";

effect(() => {
  document.documentElement.lang = locale.value;
});
setInterval(() => {
  now.value = Date.now();
}, 5_000);
openOutbox(report);
followAddress();
watchJobs(({ conversation: where }) => void openConversation(where));
render(<App />, document.getElementById("page")!);
void load();
