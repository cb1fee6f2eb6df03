/** The hidden command that does the work of a command at a terminal. */
export const workName = "work";
