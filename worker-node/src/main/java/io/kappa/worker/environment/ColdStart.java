package io.kappa.worker.environment;

/** What cold starts are told apart by. */
final class ColdStart {

    /** Why there is one. */
    enum Cause {
        /** The version has no other environment here. */
        FIRST,
        /** All environments of the version that are here have something to do. */
        SCALE,
        /** The environment has lost its runtime, and an invocation starts another in it. */
        RESET
    }

    /** What its time goes into, one after the other. */
    enum Phase {
        /** Fetching and unpacking the package, unless it is here. */
        CODE,
        /** Making a sandbox, or giving a parked one to the function. */
        SANDBOX,
        /** Starting the runtime process, or telling a parked one which function it is for. */
        RUNTIME,
        /** What the process does then, until it asks for its first event. */
        INIT
    }

    private ColdStart() {}
}
