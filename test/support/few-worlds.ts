import fc from "fast-check";

/** The same values for every mutant, so that the score can be repeated. */
fc.configureGlobal({ seed: 1, numRuns: Number(process.env["PROPERTY_WORLDS"]), endOnFailure: true });
