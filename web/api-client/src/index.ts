export { ApiError } from "./error";
export * from "./checks";
export * from "./console";
export * from "./holders";
export * from "./journeys";
export { PAGE } from "./pages";
export * from "./public";
export * from "./window";
export type * from "./types";
