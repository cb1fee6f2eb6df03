/**
 * The tool that gives the card its job's state. Only for the card (`_meta.ui.visibility: ["app"]`), never for a model.
 */
export const jobStateTool = "job_state";
