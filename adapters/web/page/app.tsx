import { ConnectionLine, SandboxLine } from "./banners.tsx";
import { Composer } from "./composer.tsx";
import { Conversation } from "./conversation.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { DeletionQuestion } from "./deletion-question.tsx";
import { DropHint } from "./drop-hint.tsx";
import { useDroppedFiles } from "./dropped-files.ts";
import { Gallery } from "./gallery.tsx";
import { Header } from "./header.tsx";
import { JobDetail } from "./job-detail.tsx";
import { JobsPanel } from "./jobs-panel.tsx";
import { Login } from "./login.tsx";
import { OperatorPage } from "./operator-page.tsx";
import { Remark } from "./remark.tsx";
import { SearchView } from "./search-view.tsx";
import { announcement, form, isJobsOpen, needsLogin, state, view } from "./store.ts";
import { ToolForm } from "./tool-form.tsx";
import { VoicesView } from "./voices-view.tsx";

export function App() {
  useDroppedFiles();
  if (needsLogin.value) {
    return <Login />;
  }
  return (
    <div class={`app ${isJobsOpen.value ? "jobs-open" : ""}`}>
      <Header />
      <main class="main">
        <SandboxLine />
        <ConnectionLine />
        <Conversation />
        <Composer />
      </main>
      <JobsPanel />
      {view.value === "conversations" && <ConversationList />}
      {view.value === "search" && <SearchView />}
      {view.value === "gallery" && <Gallery />}
      {view.value === "voices" && <VoicesView />}
      {view.value === "operator" && <OperatorPage />}
      {form.value !== null && state.value !== null && <ToolForm key={JSON.stringify(form.value)} {...form.value} />}
      <JobDetail />
      <DeletionQuestion />
      <Remark />
      <DropHint />
      <p class="visually-hidden" aria-live="polite">
        {announcement}
      </p>
    </div>
  );
}
