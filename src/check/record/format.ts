export { hex, hexRange } from "../../trace/format.ts";
