export { defineConfiguration, type Plugins } from "./configuration/define-configuration.ts";
