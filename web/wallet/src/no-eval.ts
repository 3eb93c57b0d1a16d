import { config } from "zod";

// The pages' policy forbids code made at run time, and reports the mere attempt. The validation library tries as soon
// as the first schema is made, so this module has to be imported before all that make one.
config({ jitless: true });
