/** The three examples of this folder in one configuration, once they are installed beside it. */
import { defineConfiguration } from "toolcast";
import { inkpress, makePoster } from "toolcast-inkpress";
import { pinboard } from "toolcast-pinboard";
import { postcard } from "toolcast-postcard";

export default defineConfiguration({ tools: [makePoster, postcard], providers: [inkpress], adapters: [pinboard] });
