import fc from "fast-check";

/** `npm test` has one result for one code: its properties draw the same values each time. `npm run test:properties` draws new ones. */
fc.configureGlobal({ seed: 20_261_130 });
