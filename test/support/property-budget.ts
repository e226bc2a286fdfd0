import fc from "fast-check";

const { PROPERTY_SEED = "1", PROPERTY_SECONDS = "6" } = process.env;

/**
 * Properties use the same values in every run of the suite, so that only a change can break it; `PROPERTY_SEED` sets others.
 * A property ends well before the test's timeout, even on a slow machine; a hanging run is a failure.
 */
fc.configureGlobal({
  seed: Number(PROPERTY_SEED),
  interruptAfterTimeLimit: Number(PROPERTY_SECONDS) * 1_000,
  markInterruptAsFailure: false,
  timeout: 5_000,
});
