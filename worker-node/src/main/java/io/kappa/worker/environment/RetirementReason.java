package io.kappa.worker.environment;

import java.util.Locale;

/** Why an environment was told to go: the tag {@code reason} of retirements. */
enum RetirementReason {
    /** Unused for longer than is allowed. */
    IDLE,
    /** Older than is allowed. */
    OLD,
    /** The registry has something else run, or nothing. */
    OUTDATED,
    /** Another environment needed its memory. */
    ROOM,
    /** The machine ran short of memory. */
    PRESSURE,
    /** Was to be kept ready and is not. */
    FAILED,
    /** The worker stops. */
    DRAINING;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
