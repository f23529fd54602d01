package io.kappa.mapper.handover;

/** Why records are given up. */
public enum Cause {
    /** The function failed as often as it may. */
    RETRIES_EXHAUSTED,
    /** They are older than the mapping takes them. */
    RECORD_AGE_EXCEEDED,
    /** One alone makes an event that is too long. */
    PAYLOAD_TOO_LARGE,
    /** The queue has handed them out as often as it may. */
    RECEIVE_COUNT_EXCEEDED,
    /** They cannot be shown in the form of their source. */
    UNREADABLE,
    /** An operator had them passed over. */
    SKIPPED
}
