package io.kappa.worker.environment;

import io.kappa.worker.environment.RunningInvocation.Assignment;

/**
 * How far an execution environment is in its life. Each state has only its own ways out:
 *
 * <pre>
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
    }

    /** The init phase: the runtime has been started and has not asked for an event yet. */
    record Initialising(long sinceNanos) implements EnvironmentState {
        /** @param type only where an invocation has waited for the init is that a part of it */
        Idle initialised(long now, InitializationType type) {
            return new Idle(type == InitializationType.ON_DEMAND ? now - sinceNanos : 0);
        }

        Reset failed(long now) {
            return new Reset(now - sinceNanos);
        }
    }

    /**
     * The runtime waits for an event.
     *
     * @param initNanos of the init phase, to be reported with the first invocation; 0 once it has been, or where that was no cold start
     */
    record Idle(long initNanos) implements EnvironmentState {
        Handling begun(Assignment assignment, long now, long deadlineMillis) {
            return new Handling(new RunningInvocation(assignment, now, deadlineMillis, initNanos, 0));
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
            return new Restarting(new RunningInvocation(assignment, now, deadlineMillis, 0, failedInitNanos));
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
            return new Idle(0);
        }
    }

    /** At its end. */
    record Stopped() implements EnvironmentState {}
}
