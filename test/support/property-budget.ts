import fc from "fast-check";

const { PROPERTY_SEED = "1", PROPERTY_SECONDS = "6" } = process.env;

/**
 * Properties see the same values in every run of the suite, so that a change alone can break it; `PROPERTY_SEED` tries others.
 * A property ends well before the test's time limit, however slow the machine is; a run that hangs is a failure.
 */
fc.configureGlobal({
  seed: Number(PROPERTY_SEED),
  interruptAfterTimeLimit: Number(PROPERTY_SECONDS) * 1_000,
  markInterruptAsFailure: false,
  timeout: 5_000,
});
