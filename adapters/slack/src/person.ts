/** The facts that operators' rules use, and the language. */
export interface Person {
  name: string;
  /** As Slack gives it, e.g. `zh-CN`. */
  locale: string;
  /** `guest`: sees only some channels of the workspace. `stranger`: from another workspace, through Slack Connect. */
  kind: "member" | "guest" | "stranger";
  /** The user groups they are in. */
  groups: string[];
}
