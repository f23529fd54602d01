package io.kappa.worker.extension;

/** What an extension can ask to be told of. */
public enum EventType {
    INVOKE,
    SHUTDOWN
}
