import fc from "fast-check";

/** A property ends well before the test's time limit, however slow the machine is; a run that hangs is a failure. */
fc.configureGlobal({ interruptAfterTimeLimit: 12_000, markInterruptAsFailure: false, timeout: 5_000 });
