package io.kappa.worker.environment;

import io.kappa.contracts.registry.Deployment;
import java.time.Duration;
import java.util.Map;

/**
 * The environments that a worker keeps ready because provisioned concurrency asks for them. They are never retired for being idle or for
 * their memory. One whose runtime is lost goes, and whoever asked for it is told.
 */
public interface ProvisionedEnvironments {

    /**
     * Environments of one key.
     *
     * @param starting not ready yet
     * @param ready of which a runtime waits, or has an invocation
     * @param old of the ready ones, those that are to be replaced because of their age
     */
    record Count(int starting, int ready, int old) {
        public static final Count NONE = new Count(0, 0, 0);

        Count plus(Count other) {
            return new Count(starting + other.starting, ready + other.ready, old + other.old);
        }
    }

    /** Hears, on any thread and without delay, of those that are no more. */
    interface Listener {

        /** @param problem why it could not be made ready, as an operator is told */
        void failed(EnvironmentKey key, ProvisionedProblem problem);

        /** @param readyFor how long it was ready, before it was lost by its own end or that of an invocation */
        void lost(EnvironmentKey key, Duration readyFor);
    }

    /** Sets who hears of losses. To be called before anything is started. */
    void onLoss(Listener listener);

    /**
     * Begins to start one. Idle ones on demand are retired where that makes room.
     *
     * @param replacing whether it will take the place of an old one, which stays until then
     * @return whether it was begun; not so where there is no room, or the worker stops
     */
    boolean startProvisioned(EnvironmentKey key, Deployment deployment, boolean replacing);

    /** Keeps that many fewer of the key, old ones first. They live on as others do that have just become idle. */
    void release(EnvironmentKey key, int count);

    /** How many there are, by key. Keys of which there is none are missing. */
    Map<EnvironmentKey, Count> provisioned();
}
