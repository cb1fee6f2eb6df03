/**
 * How much of a job a message shows. `text`: neither media, buttons nor the text that was produced, for readers who
 * take those from the job itself. `timeline`: with its whole history.
 */
export type MessageDetail = "text" | "usual" | "timeline";
