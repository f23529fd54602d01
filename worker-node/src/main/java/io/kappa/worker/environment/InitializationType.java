package io.kappa.worker.environment;

import java.time.Duration;

/** Why an environment is initialised: what {@code AWS_LAMBDA_INITIALIZATION_TYPE} and the platform's events say. */
enum InitializationType {
    /** For an invocation, which waits for it. */
    ON_DEMAND("on-demand") {
        @Override
        Duration initLimit(Duration usual, int timeoutSeconds) {
            return usual;
        }
    },

    /** Of a function of which snapshots are taken: from its snapshot, for the snapshot, or for want of one. */
    SNAP_START("snap-start") {
        @Override
        Duration initLimit(Duration usual, int timeoutSeconds) {
            return PROVISIONED_CONCURRENCY.initLimit(usual, timeoutSeconds);
        }
    },

    /** Before any invocation, because provisioned concurrency asks for it. */
    PROVISIONED_CONCURRENCY("provisioned-concurrency") {
        @Override
        Duration initLimit(Duration usual, int timeoutSeconds) {
            return Duration.ofSeconds(Math.max(LAMBDA_ALLOWS_SECONDS, timeoutSeconds));
        }
    };

    private static final int LAMBDA_ALLOWS_SECONDS = 130;

    private final String word;

    InitializationType(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /**
     * How long the init phase may take.
     *
     * @param usual for environments that are started on demand
     * @param timeoutSeconds of the function
     */
    abstract Duration initLimit(Duration usual, int timeoutSeconds);
}
