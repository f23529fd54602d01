package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.worker.environment.EnvironmentState.Answered;
import io.kappa.worker.environment.EnvironmentState.Busy;
import io.kappa.worker.environment.EnvironmentState.Handling;
import io.kappa.worker.environment.EnvironmentState.Idle;
import io.kappa.worker.environment.EnvironmentState.Initialising;
import io.kappa.worker.environment.EnvironmentState.Preparing;
import io.kappa.worker.environment.EnvironmentState.Reset;
import io.kappa.worker.environment.EnvironmentState.Restarting;
import io.kappa.worker.environment.EnvironmentState.Restoring;
import io.kappa.worker.environment.EnvironmentState.Stopped;
import io.kappa.worker.environment.EnvironmentWorkshop.Parts;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation;
import io.kappa.worker.environment.InvocationOutcome.Abandoned;
import io.kappa.worker.environment.InvocationOutcome.FunctionError;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.kappa.worker.environment.InvocationOutcome.Result;
import io.kappa.worker.environment.PlatformLines.InitPhase;
import io.kappa.worker.environment.RunningInvocation.Assignment;
import io.kappa.worker.extension.ExtensionApi;
import io.kappa.worker.extension.ShutdownReason;
import io.kappa.worker.runtimeapi.InvocationEvent;
import io.kappa.worker.runtimeapi.PartDemand;
import io.kappa.worker.runtimeapi.ReportedError;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One execution environment: a sandbox, one runtime process at a time in it, and that runtime's own Runtime API. Serves one version of
 * one function for its whole life, one invocation at a time.
 *
 * <p>Everything happens on the environment's event loop, so nothing is locked: what runtimes ask, how processes end, alarms and what the
 * pool wants all arrive there. The pool alone decides who gets an environment, and gives it a second invocation only after it has been
 * told that it is idle.
 */
final class Environment {
    private static final Logger LOG = LoggerFactory.getLogger(Environment.class);

    private final EnvironmentPlan plan;
    private final EventLoop loop;
    private final EnvironmentWorkshop workshop;
    private final Executor blocking;
    private final EnvironmentSettings settings;
    private final Owner owner;
    private final EnvironmentMetrics metrics;
    private final UseMeter meter;
    private final long timeoutNanos;
    private final Alarm limit;
    private final Alarm freeze;

    private EnvironmentState state = new Preparing();
    private @Nullable Equipment equipment;
    /** Whether the runtime process that there is, or is about to be, comes from a snapshot. */
    private boolean fromSnapshot;
    /** Whether the snapshot has turned out not to work here. */
    private boolean snapshotFailed;
    /** Whether the runtime has asked for an event and has not been given one. */
    private boolean runtimeWaits;

    /** Who the environment works for. Called on the environment's event loop. */
    interface Owner {

        /** The invocation has been answered. The environment is not idle yet, and will be soon. */
        void answered(Environment environment);

        /**
         * The environment may be given an invocation.
         *
         * @param ready whether a runtime waits in it; otherwise the invocation has to start one first
         */
        void idle(Environment environment, boolean ready);

        /** The init phase has failed. The environment may be given an invocation, which has to start the runtime first. */
        void initFailed(Environment environment, InitFailure failure);

        /** The runtime has ended although nothing ran. The next invocation has to start one first. */
        void ended(Environment environment);

        /** This machine cannot make the environment. Nothing is left of it. */
        void unavailable(Environment environment, Refusal refusal);

        /** Nothing is left of the environment, as was asked for. */
        void stopped(Environment environment);
    }

    /** What there is once the environment has been prepared. */
    private record Equipment(
            Parts parts,
            RuntimeProcess process,
            EnvironmentExtensions extensions,
            EnvironmentTelemetry telemetry,
            EnvironmentReports reports) {}

    Environment(
            EnvironmentPlan plan,
            EventLoop loop,
            EnvironmentWorkshop workshop,
            Executor blocking,
            EnvironmentSettings settings,
            Owner owner,
            EnvironmentMetrics metrics,
            UseMeter meter) {
        this.plan = plan;
        this.loop = loop;
        this.workshop = workshop;
        this.blocking = blocking;
        this.settings = settings;
        this.owner = owner;
        this.metrics = metrics;
        this.meter = meter;
        this.timeoutNanos = TimeUnit.SECONDS.toNanos(configuration().timeoutSeconds());
        this.limit = new Alarm(loop, this::limitReached);
        this.freeze = new Alarm(loop, this::freezeNow);
    }

    /** Makes the environment ready. To be called once. */
    void start() {
        loop.execute(() -> {
            if (state instanceof Stopped) {
                workshop.withdraw(plan);
                owner.stopped(this); // Stopped before it began.
            } else {
                workshop.prepare(plan, loop, new ApiListener(), this::prepared);
            }
        });
    }

    /**
     * Runs the invocation, unless it is too late for it by then. To be called once after each time that the environment has said that it is
     * idle.
     */
    void invoke(Invocation invocation, InvocationOutcome.Answer answer) {
        var assignment = new Assignment(invocation, answer);
        loop.execute(() -> assigned(assignment));
    }

    /** Ends the environment: at once, or where it has extensions as soon as those have had their time to end. */
    void stop() {
        loop.execute(this::stopNow);
    }

    EnvironmentKey key() {
        return plan.key();
    }

    // ---- From preparation to the first idle moment.

    private void prepared(Preparation preparation) {
        switch (preparation) {
            case Preparation.Prepared(Parts parts) -> {
                equip(parts);
                if (state instanceof Preparing preparing) {
                    if (restorable()) {
                        restore(preparing.restoring(loop.nanoTime()));
                    } else {
                        initialise(preparing.prepared(loop.nanoTime()));
                    }
                } else {
                    dismantle(); // Stopped meanwhile.
                }
            }
            case Preparation.Failed(var refusal) -> {
                state = new Stopped();
                owner.unavailable(this, refusal);
            }
        }
    }

    private void equip(Parts parts) {
        var stream = TelemetryLoop.stream(loop, parts.extensions().transport());
        var output = new EnvironmentOutput(
                parts.log(), ApplicationLevel.of(configuration().logging()), loop, stream);
        var process = new RuntimeProcess(
                parts.sandbox(), output, new ProcessListener(), loop, blocking, metrics, parts.waiting());
        var lines =
                PlatformLines.of(configuration().logging(), plan.key().version(), plan.type(), parts.runtimeVersion());
        var telemetry = new EnvironmentTelemetry(plan, parts.runtimeVersion(), lines, output, stream, loop);
        var extensions = new EnvironmentExtensions(
                parts.extensions(),
                parts.sandbox(),
                process,
                output,
                telemetry,
                new ExtensionListener(),
                loop,
                blocking);
        parts.api().serveBeside(new ExtensionApi(extensions));
        var reports = new EnvironmentReports(loop, output, lines, process, plan, metrics, telemetry, meter);
        equipment = new Equipment(parts, process, extensions, telemetry, reports);
    }

    private void initialise(Initialising initialising) {
        state = initialising;
        limit.set(initLimit().toNanos());
        startRuntime(InitPhase.INIT);
    }

    private void restore(Restoring restoring) {
        state = restoring;
        limit.set(settings.restoreTimeout().toNanos());
        startRestored();
    }

    private boolean restorable() {
        return equipment().parts().start().restored() != null && !snapshotFailed;
    }

    private void startRestored() {
        fromSnapshot = true;
        runtimeWaits = false;
        equipment().reports().restoreStarts();
        equipment().process().start(equipment().parts().start());
    }

    private void restored(Restoring restoring) {
        limit.clear();
        warmedUpFromSnapshot();
        state = restoring.restored(loop.nanoTime());
        becomeIdle();
    }

    /** The process is started in the ordinary way instead, by now. */
    private void notRestored(IOException cause) {
        LOG.atWarn()
                .addKeyValue("function", plan.key().version())
                .setCause(cause)
                .log("snapshot not restored");
        fromSnapshot = false;
        snapshotFailed = true;
        equipment().reports().notRestored();
        if (state instanceof Restoring restoring) {
            equipment().parts().notRestorable().run();
            state = restoring.abandoned(loop.nanoTime());
            limit.set(initLimit().toNanos());
            equipment().reports().initStarts(InitPhase.INIT);
        } else {
            // Files in /tmp are no longer those that the snapshot's processes had open, so this says nothing of the
            // snapshot.
            equipment().reports().initStarts(InitPhase.INVOKE);
            if (state instanceof Busy busy) {
                limitToTimeout(busy.running());
            }
        }
    }

    /** As with an init that failed: the first invocation tries again, within its own time. */
    private void restoreFailed(Restoring restoring, EndStatus status, InitFailure failure) {
        limit.clear();
        equipment().reports().restoreFailed(status);
        state = restoring.failed(loop.nanoTime());
        loseRuntime(reason(status), () -> owner.initFailed(this, failure));
    }

    private Duration initLimit() {
        return plan.type().initLimit(settings.initTimeout(), configuration().timeoutSeconds());
    }

    private void initialised(Initialising initialising) {
        limit.clear();
        var idle = initialising.initialised(loop.nanoTime(), plan.type());
        warmedUp(InitPhase.INIT);
        state = idle;
        becomeIdle();
    }

    /** No caller is told of it yet: the first invocation tries again, within its own time. */
    private void initFailed(Initialising initialising, EndStatus status, InitFailure failure) {
        limit.clear();
        var reset = initialising.failed(loop.nanoTime());
        equipment().reports().initFailed(InitPhase.INIT, status);
        state = reset;
        loseRuntime(reason(status), () -> owner.initFailed(this, failure));
    }

    // ---- Invocations.

    private void assigned(Assignment assignment) {
        boolean late = assignment.invocation().comesTooLate(loop.nanoTime());
        switch (state) {
            case Idle _, Reset _ when late -> refuse(assignment);
            case Idle idle -> {
                freeze.clear();
                equipment().process().thaw();
                equipment().telemetry().resume();
                handle(idle, assignment);
            }
            case Reset reset -> restart(reset, assignment);
            case Stopped _ -> abandon(assignment);
            case Preparing _, Initialising _, Restoring _, Busy _ ->
                throw new IllegalStateException("no invocation can be taken in state "
                        + state.getClass().getSimpleName());
        }
    }

    /** Nothing has been done for it, and the environment is as it was. */
    private void refuse(Assignment assignment) {
        metrics.refused(Refusal.TOO_LATE);
        owner.idle(this, state instanceof Idle);
        assignment.answer().give(new Refused(Refusal.TOO_LATE));
    }

    private void handle(Idle idle, Assignment assignment) {
        var handling = idle.begun(assignment, loop.nanoTime(), deadlineMillis());
        state = handling;
        begin(handling.running());
        give(handling.running());
    }

    private void restart(Reset reset, Assignment assignment) {
        var restarting = reset.begun(assignment, loop.nanoTime(), deadlineMillis());
        state = restarting;
        begin(restarting.running());
        metrics.coldStart(StartCause.RESET);
        if (restorable()) {
            limit.set(Math.min(settings.restoreTimeout().toNanos(), timeoutNanos));
            startRestored();
        } else {
            startRuntime(InitPhase.INVOKE);
        }
    }

    private void restarted(Restarting restarting) {
        if (fromSnapshot) {
            warmedUpFromSnapshot();
            limitToTimeout(restarting.running());
        } else {
            warmedUp(InitPhase.INVOKE);
        }
        var handling = restarting.initialised();
        state = handling;
        give(handling.running());
    }

    private void limitToTimeout(RunningInvocation running) {
        limit.set(Math.max(0, timeoutNanos - (loop.nanoTime() - running.startedNanos())));
    }

    private void begin(RunningInvocation running) {
        equipment().reports().begins(running);
        limit.set(timeoutNanos);
    }

    private void give(RunningInvocation running) {
        var invocation = running.invocation();
        runtimeWaits = false;
        equipment().extensions().invoke(running);
        equipment()
                .parts()
                .api()
                .give(new InvocationEvent(
                        invocation.requestId(),
                        running.deadlineMillis(),
                        invocation.invokedArn(),
                        invocation.traceId(),
                        invocation.clientContext(),
                        "",
                        "",
                        invocation.payload(),
                        invocation.streamed()));
    }

    private void answered(InvocationOutcome outcome, EndStatus status) {
        if (state instanceof Handling handling) {
            var running = handling.running();
            state = handling.answered(outcome, status);
            equipment().telemetry().answered();
            if (equipment().extensions().settled()) {
                owner.answered(this); // Else nobody knows how soon it will be idle.
            }
            if (!running.invocation().tailWanted()) {
                running.assignment().answer().give(outcome);
            }
        }
    }

    /** The runtime is back for more, and so are the extensions: only now the invocation is over. */
    private void finished(Answered answered) {
        limit.clear();
        var running = answered.running();
        var tail = reportEnd(running, answered.status());
        state = answered.finished();
        becomeIdle();
        if (running.invocation().tailWanted()) {
            running.assignment().answer().give(answered.outcome().withTail(tail));
        }
    }

    /** The runtime is lost, and the invocation with it unless it was answered before. */
    private void failed(Busy busy, RuntimeFailure failure) {
        limit.clear();
        var running = busy.running();
        EndStatus status = failure instanceof RuntimeFailure.TimedOut
                ? new EndStatus.Timeout()
                : new EndStatus.Crash(failure.errorType());
        if (busy instanceof Restarting) {
            if (fromSnapshot) {
                equipment().reports().restoreFailed(status);
            } else {
                equipment().reports().initFailed(InitPhase.INVOKE, status);
            }
        }
        boolean restoreTimedOut =
                busy instanceof Restarting && fromSnapshot && failure instanceof RuntimeFailure.TimedOut;
        if (restoreTimedOut) {
            metrics.refused(Refusal.RESTORE_TIMED_OUT);
        }
        InvocationOutcome outcome = busy instanceof Answered answered
                ? answered.outcome()
                : restoreTimedOut
                        ? new Refused(Refusal.RESTORE_TIMED_OUT)
                        : new FunctionError(failure.errorType(), failure.payload(running.requestId()), "");
        boolean owed = !(busy instanceof Answered) || running.invocation().tailWanted();
        var tail = reportEnd(running, status);
        state = busy.lost();
        loseRuntime(reason(status), () -> owner.idle(this, false));
        if (owed) {
            running.assignment().answer().give(outcome.withTail(tail));
        }
    }

    private static ShutdownReason reason(EndStatus status) {
        return status instanceof EndStatus.Timeout ? ShutdownReason.TIMEOUT : ShutdownReason.FAILURE;
    }

    private String reportEnd(RunningInvocation running, EndStatus status) {
        long duration = status instanceof EndStatus.Timeout ? timeoutNanos : loop.nanoTime() - running.startedNanos();
        return equipment().reports().ends(running, status, duration);
    }

    private void becomeIdle() {
        freeze.set(settings.freezeAfter().toNanos());
        owner.idle(this, true);
    }

    private void freezeNow() {
        equipment().telemetry().pause();
        equipment().process().freeze();
    }

    // ---- The runtime process.

    private void startRuntime(InitPhase phase) {
        var equipment = equipment();
        fromSnapshot = false;
        runtimeWaits = false;
        equipment.reports().initStarts(phase);
        equipment.extensions().start(this::startRegistered);
    }

    /** Starts the runtime after the extensions. */
    private void startRegistered() {
        var equipment = equipment();
        var unstartable = equipment.parts().unstartable();
        if (unstartable == null) {
            equipment.process().start(equipment.parts().start().afresh());
        } else {
            ended(unstartable);
        }
    }

    /** Goes on once neither the runtime nor an extension has anything left to do. */
    private void proceed() {
        if (!runtimeWaits || !equipment().extensions().settled()) {
            return;
        }
        switch (state) {
            case Initialising initialising -> initialised(initialising);
            case Restoring restoring -> restored(restoring);
            case Restarting restarting -> restarted(restarting);
            case Answered answered -> finished(answered);
            case Preparing _, Idle _, Reset _, Handling _, Stopped _ -> {}
        }
    }

    /** The runtime waits; extensions may have something left to do. */
    private void runtimeDone() {
        var reports = equipment().reports();
        switch (state) {
            case Initialising _ -> reports.runtimeInitialised(InitPhase.INIT);
            case Restarting _ when !fromSnapshot -> reports.runtimeInitialised(InitPhase.INVOKE);
            case Answered answered
            when !equipment().extensions().settled() -> reports.runtimeDone(answered.running(), answered.status());
            case Preparing _, Restoring _, Restarting _, Idle _, Reset _, Handling _, Answered _, Stopped _ -> {}
        }
    }

    /** Init is over: from here on the CPU is what the function pays for. */
    private void warmedUp(InitPhase phase) {
        equipment().process().throttle();
        equipment().extensions().initialised();
        equipment().reports().initSucceeded(phase);
        equipment().telemetry().initialised();
    }

    private void warmedUpFromSnapshot() {
        equipment().process().throttle();
        equipment().extensions().initialised();
        equipment().reports().restoreSucceeded();
        equipment().telemetry().initialised();
    }

    /** The runtime cannot go on, or has gone. */
    private void ended(RuntimeFailure failure) {
        switch (state) {
            case Initialising initialising ->
                initFailed(initialising, new EndStatus.Crash(failure.errorType()), InitFailure.of(failure));
            case Restoring restoring ->
                restoreFailed(restoring, new EndStatus.Crash(failure.errorType()), InitFailure.of(failure));
            case Busy busy -> failed(busy, failure);
            case Idle idle -> {
                state = idle.ended();
                loseRuntime(ShutdownReason.FAILURE, () -> {});
                owner.ended(this);
            }
            case Preparing _, Reset _, Stopped _ -> {}
        }
    }

    private void limitReached() {
        switch (state) {
            case Initialising initialising ->
                initFailed(
                        initialising,
                        new EndStatus.Timeout(),
                        InitFailure.timedOut(initLimit().toSeconds()));
            case Restoring restoring ->
                restoreFailed(
                        restoring,
                        new EndStatus.Timeout(),
                        InitFailure.restoreTimedOut(settings.restoreTimeout().toSeconds()));
            case Busy busy ->
                failed(busy, new RuntimeFailure.TimedOut(configuration().timeoutSeconds()));
            case Preparing _, Idle _, Reset _, Stopped _ -> {}
        }
    }

    /**
     * Ends the processes and keeps the sandbox with its files.
     *
     * @param then done once they have ended, unless the environment is to end as well by then
     */
    private void loseRuntime(ShutdownReason reason, Runnable then) {
        freeze.clear();
        equipment().parts().api().forgetRuntime();
        equipment().extensions().shutDown(reason, () -> {
            if (!(state instanceof Stopped)) {
                then.run();
            }
        });
    }

    private void stopNow() {
        var before = state;
        if (before instanceof Stopped) {
            return;
        }
        state = new Stopped();
        limit.dispose();
        freeze.dispose();
        if (equipment != null) {
            equipment.parts().api().forgetRuntime();
            equipment.extensions().shutDown(ShutdownReason.SPINDOWN, this::dismantle);
        }
        abandon(
                switch (before) {
                    case Answered answered when !answered.running().invocation().tailWanted() -> null;
                    case Busy busy -> busy.running().assignment();
                    case Preparing _, Initialising _, Restoring _, Idle _, Reset _, Stopped _ -> null;
                });
    }

    private static void abandon(@Nullable Assignment assignment) {
        if (assignment != null) {
            assignment.answer().give(new Abandoned());
        }
    }

    private void dismantle() {
        var equipment = equipment();
        equipment.parts().api().close();
        equipment.process().close(() -> {
            equipment.telemetry().close();
            equipment.reports().close();
            equipment.parts().release().run();
            owner.stopped(this);
        });
    }

    private FunctionConfiguration configuration() {
        return plan.configuration();
    }

    private long deadlineMillis() {
        return loop.currentTimeMillis() + TimeUnit.NANOSECONDS.toMillis(timeoutNanos);
    }

    private Equipment equipment() {
        return Objects.requireNonNull(equipment, "not prepared");
    }

    /** What the runtime says. */
    private final class ApiListener implements RuntimeListener {
        @Override
        public void polled() {
            runtimeWaits = true;
            runtimeDone();
            proceed();
        }

        @Override
        public void answering() {
            equipment().telemetry().answering();
        }

        @Override
        public void responded(Buffer result) {
            equipment().telemetry().produced(result.length());
            answered(new Result(result, ""), new EndStatus.Success());
        }

        @Override
        public void responding(String contentType, PartDemand demand) {
            if (state instanceof Handling handling) {
                handling.running().assignment().answer().begin(contentType, demand);
            }
        }

        @Override
        public void part(Buffer part) {
            if (state instanceof Handling handling) {
                equipment().telemetry().produced(part.length());
                handling.running().assignment().answer().part(part);
            }
        }

        @Override
        public void failed(ReportedError error) {
            answered(new FunctionError(error.type(), error.payload(), ""), new EndStatus.Failure(error.type()));
        }

        @Override
        public void responseTooLarge(int most) {
            var type = "Function.ResponseSizeTooLarge";
            answered(new FunctionError(type, RuntimeFailure.responseTooLarge(most), ""), new EndStatus.Failure(type));
        }

        @Override
        public void initFailed(ReportedError error) {
            ended(new RuntimeFailure.Reported(error));
        }

        @Override
        public void restoreFailed(ReportedError error) {
            ended(new RuntimeFailure.Reported(error));
        }
    }

    /** What becomes of extensions. */
    private final class ExtensionListener implements EnvironmentExtensions.Listener {
        @Override
        public void settled() {
            proceed();
        }

        @Override
        public void failed(RuntimeFailure failure) {
            ended(failure);
        }
    }

    /** What becomes of the process. */
    private final class ProcessListener implements RuntimeProcess.Listener {
        @Override
        public void launching() {
            equipment().parts().api().expectRuntime();
        }

        @Override
        public void launched() {
            if (!fromSnapshot) {
                equipment().reports().runtimeRuns();
            }
        }

        @Override
        public void exited(Exit exit) {
            ended(new RuntimeFailure.Exited(exit));
        }

        @Override
        public void notRestored(IOException cause) {
            Environment.this.notRestored(cause);
        }

        @Override
        public void notStarted(IOException cause) {
            ended(RuntimeFailure.NoEntrypoint.notStarted(
                    equipment().parts().start().command().getFirst(), cause));
        }
    }
}
