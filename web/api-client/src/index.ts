export { ApiError } from "./error";
export * from "./checks";
export * from "./console";
export * from "./journeys";
export * from "./public";
export * from "./window";
export type * from "./types";
