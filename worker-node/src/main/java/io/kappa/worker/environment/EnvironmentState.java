package io.kappa.worker.environment;

import io.kappa.worker.environment.RunningInvocation.Assignment;

/**
 * How far an execution environment is in its life. Each state has only its own ways out:
 *
 * <pre>
 * Preparing ─▶ Restoring, where there is a snapshot ─▶ Idle, or Initialising where that does not work
 *
 * Preparing ─▶ Initialising ─▶ Idle ◀──────────────────────────────┐
 *                   │           └──────▶ Handling ─▶ Answered ─────┤ the runtime asks for the next event
 *                   └─ fails ─▶ Reset ─▶ Restarting ──▲    │       │
 *                                 ▲          │        │    │       │
 *                                 └──────────┴────────┴────┘ the runtime ends, fails to start or takes too long
 * </pre>
 *
 * and from every state to {@link Stopped}.
 */
sealed interface EnvironmentState {

    /** The code is fetched, the sandbox is made, the Runtime API opened. */
    record Preparing() implements EnvironmentState {
        Initialising prepared(long now) {
            return new Initialising(now);
        }

        Restoring restoring(long now) {
            return new Restoring(now);
        }
    }

    /** The restore phase: the runtime is made of a snapshot and has not asked for an event yet. */
    record Restoring(long sinceNanos) implements EnvironmentState {
        Idle restored(long now) {
            return new Idle(0, now - sinceNanos);
        }

        /** There is no such runtime, and another is started. */
        Initialising abandoned(long now) {
            return new Initialising(now);
        }

        Reset failed(long now) {
            return new Reset(now - sinceNanos);
        }
    }

    /** The init phase: the runtime has been started and has not asked for an event yet. */
    record Initialising(long sinceNanos) implements EnvironmentState {
        /** @param type only where an invocation has waited for the init is that a part of it */
        Idle initialised(long now, InitializationType type) {
            return new Idle(type == InitializationType.PROVISIONED_CONCURRENCY ? 0 : now - sinceNanos, 0);
        }

        Reset failed(long now) {
            return new Reset(now - sinceNanos);
        }
    }

    /**
     * The runtime waits for an event.
     *
     * @param initNanos of the init phase, to be reported with the first invocation; 0 once it has been, or where that was no cold start
     * @param restoreNanos the same of the restore phase
     */
    record Idle(long initNanos, long restoreNanos) implements EnvironmentState {
        Handling begun(Assignment assignment, long now, long deadlineMillis) {
            return new Handling(new RunningInvocation(assignment, now, deadlineMillis, initNanos, 0, restoreNanos));
        }

        /** The process has ended although nothing ran. */
        Reset ended() {
            return new Reset(0);
        }
    }

    /**
     * There is no runtime process, while the sandbox and its files are kept. The next invocation starts one within its own time.
     *
     * @param failedInitNanos of an init phase that failed, to be billed with the next invocation
     */
    record Reset(long failedInitNanos) implements EnvironmentState {
        Restarting begun(Assignment assignment, long now, long deadlineMillis) {
            return new Restarting(new RunningInvocation(assignment, now, deadlineMillis, 0, failedInitNanos, 0));
        }
    }

    /** An invocation has this environment; nobody else gets it. */
    sealed interface Busy extends EnvironmentState {
        RunningInvocation running();

        default Reset lost() {
            return new Reset(0);
        }
    }

    /** The invocation has begun and its runtime is being started: what Lambda calls a suppressed init. */
    record Restarting(RunningInvocation running) implements Busy {
        Handling initialised() {
            return new Handling(running);
        }
    }

    /** The runtime has the event. */
    record Handling(RunningInvocation running) implements Busy {
        Answered answered(InvocationOutcome outcome, EndStatus status) {
            return new Answered(running, outcome, status);
        }
    }

    /**
     * The runtime has answered and is not yet back for the next event. It is still billed, and still under the timeout.
     *
     * @param outcome for the caller, who has it by now unless the end of the log goes with it
     */
    record Answered(RunningInvocation running, InvocationOutcome outcome, EndStatus status) implements Busy {
        Idle finished() {
            return new Idle(0, 0);
        }
    }

    /** At its end. */
    record Stopped() implements EnvironmentState {}
}
