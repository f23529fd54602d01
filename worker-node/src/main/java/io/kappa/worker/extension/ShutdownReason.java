package io.kappa.worker.extension;

/** Why the processes of an environment come to their end, in the words of the event that tells extensions so. */
public enum ShutdownReason {
    /** The environment is not needed any more. */
    SPINDOWN,
    /** The function, or an extension of it, took too long. */
    TIMEOUT,
    /** The runtime or an extension has failed. */
    FAILURE
}
