export { telegram } from "./definition.ts";
