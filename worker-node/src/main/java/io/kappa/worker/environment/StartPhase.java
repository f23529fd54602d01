package io.kappa.worker.environment;

/** What the time of a cold start goes into, one after the other. */
enum StartPhase {
    /** Fetching and unpacking the package, unless it is here. */
    CODE,
    /** Making a sandbox, or giving a parked one to the function. */
    SANDBOX,
    /** Starting the runtime process, or telling a parked one which function it is for. */
    RUNTIME,
    /** What the process does then, until it asks for its first event. */
    INIT,
    /** In the place of the two before: making the process of a snapshot, until it asks for its first event. */
    RESTORE
}
