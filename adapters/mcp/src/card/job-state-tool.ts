/** The tool that the card asks how its job stands. For the card alone (`_meta.ui.visibility: ["app"]`), never for a model. */
export const jobStateTool = "job_state";
