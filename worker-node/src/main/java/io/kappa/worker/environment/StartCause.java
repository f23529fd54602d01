package io.kappa.worker.environment;

import java.util.Locale;

/** Why a runtime was started: the tag {@code cause} of cold starts. */
enum StartCause {
    /** For an invocation of a version of which no environment lived. */
    FIRST,
    /** For an invocation of a version whose environments were all busy. */
    SCALE,
    /** Before any invocation, because a backlog was told of. */
    READINESS,
    /** Within an invocation, in an environment whose runtime had been lost. */
    RESET,
    /** Because more environments are to be kept ready than there are. */
    PROVISIONED,
    /** In place of one that is kept ready, and before that one goes. */
    AHEAD;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
