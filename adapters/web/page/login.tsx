import type { Message } from "@toolcast/core";
import { useState } from "preact/hooks";
import { login } from "./actions.ts";
import { Mark } from "./icons.tsx";
import { t } from "./strings.ts";

export function Login() {
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<Message | null>(null);
  return (
    <main class="login">
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          setProblem(await login(token));
        }}
      >
        <Mark />
        <h1>Toolcast</h1>
        <label for="token">{t("login")}</label>
        <input
          id="token"
          type="password"
          autoComplete="current-password"
          value={token}
          aria-invalid={problem !== null}
          aria-describedby="token-problem"
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <p id="token-problem" class="problem" role="alert">
          {problem?.title}
        </p>
        <button type="submit" class="primary" disabled={token === ""}>
          {t("enter")}
        </button>
      </form>
    </main>
  );
}
