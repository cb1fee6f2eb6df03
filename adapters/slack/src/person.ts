/** What an operator's rules are about, and the language. */
export interface Person {
  name: string;
  /** As Slack has it, e.g. `zh-CN`. */
  locale: string;
  /** `guest`: sees some channels of the workspace only. `stranger`: of another workspace, by Slack Connect. */
  kind: "member" | "guest" | "stranger";
  /** The user groups they are in. */
  groups: string[];
}
