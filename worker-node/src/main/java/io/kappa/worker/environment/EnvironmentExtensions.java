package io.kappa.worker.environment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kappa.worker.environment.Extensions.External;
import io.kappa.worker.extension.EventType;
import io.kappa.worker.extension.ExtensionCalls;
import io.kappa.worker.extension.ExtensionEvent;
import io.kappa.worker.extension.ExtensionRefusal;
import io.kappa.worker.extension.ExtensionRoster;
import io.kappa.worker.extension.ExtensionRoster.Next;
import io.kappa.worker.extension.ExtensionRoster.Registration;
import io.kappa.worker.extension.ShutdownBudget;
import io.kappa.worker.extension.ShutdownReason;
import io.kappa.worker.sandbox.Sandbox;
import io.kappa.worker.sandbox.Sandbox.Companion;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of one environment, around its runtime process: starts the external ones before it, says when none has anything left to do,
 * and ends them after it. What has to happen, {@link ExtensionRoster} and {@link ShutdownBudget} say. Everything happens on the environment's
 * event loop. Where a function has no extensions, nothing happens but what the runtime process does.
 */
final class EnvironmentExtensions implements ExtensionCalls {
    private static final JsonMapper JSON = new JsonMapper();
    /** How long extensions are not told of the end because they have not taken what happened before. */
    private static final Duration DELIVERY = Duration.ofMillis(300);

    /** Status of a shell that cannot run a command, or finds none. */
    private static final Set<Integer> NEVER_BEGAN = Set.of(126, 127);

    private final Extensions extensions;
    private final Sandbox sandbox;
    private final RuntimeProcess process;
    private final EnvironmentOutput output;
    private final EnvironmentTelemetry telemetry;
    private final Listener listener;
    private final EventLoop loop;
    private final Executor blocking;
    private final Alarm alarm;

    private ExtensionRoster roster = new ExtensionRoster(List.of());
    private final Map<String, Companion> companions = new HashMap<>();
    private final Map<String, Poll> polls = new HashMap<>();
    private boolean launching;
    /** Starts the runtime, once all external extensions have registered. */
    private @Nullable Runnable runtime;

    private @Nullable Ending ending;
    private final List<Runnable> ended = new ArrayList<>();
    /** To be started once everything has ended. */
    private @Nullable Runnable next;

    /** Hears, on the event loop, what concerns the environment. */
    interface Listener {
        /** No extension has anything left to do at the moment. */
        void settled();

        /** An extension has failed, and the environment with it. */
        void failed(RuntimeFailure failure);
    }

    /** How far the end has come. */
    private static final class Ending {
        private final ShutdownReason reason;
        private final ShutdownBudget budget;
        private final long sinceNanos;
        private Step step = Step.RUNTIME;
        private boolean runtimeGone;

        Ending(ShutdownReason reason, ShutdownBudget budget, long sinceNanos) {
            this.reason = reason;
            this.budget = budget;
            this.sinceNanos = sinceNanos;
        }

        long leftNanos(long now) {
            return Math.max(0, budget.whole().toNanos() - (now - sinceNanos));
        }
    }

    private enum Step {
        /** The runtime has been told to end. */
        RUNTIME,
        /** What has happened until then is delivered to extensions. */
        TELEMETRY,
        /** The extensions have been told that the end is near. */
        EXTENSIONS,
        /** All have been killed. */
        KILLED
    }

    private record Launch(
            String name,
            EnvironmentOutput.OfExtension printed,
            @Nullable Companion companion,
            @Nullable IOException problem) {}

    EnvironmentExtensions(
            Extensions extensions,
            Sandbox sandbox,
            RuntimeProcess process,
            EnvironmentOutput output,
            EnvironmentTelemetry telemetry,
            Listener listener,
            EventLoop loop,
            Executor blocking) {
        this.extensions = extensions;
        this.sandbox = sandbox;
        this.process = process;
        this.output = output;
        this.telemetry = telemetry;
        this.listener = listener;
        this.loop = loop;
        this.blocking = blocking;
        this.alarm = new Alarm(loop, this::waitedLongEnough);
    }

    // ---- The beginning.

    /** Starts all external extensions, and the runtime when they have registered; all of it after the end of what was before. */
    void start(Runnable startRuntime) {
        if (ending != null) {
            next = startRuntime;
            return;
        }
        roster = new ExtensionRoster(
                extensions.external().stream().map(External::name).toList());
        if (extensions.external().isEmpty()) {
            startRuntime.run();
            return;
        }
        runtime = startRuntime;
        launching = true;
        blocking.execute(() -> {
            var launches = extensions.external().stream().map(this::launch).toList();
            loop.execute(() -> launched(launches));
        });
    }

    private Launch launch(External external) {
        var printed = output.ofExtension();
        try {
            var companion = sandbox.startBeside(List.of(external.path()), extensions.environment(), printed);
            return new Launch(external.name(), printed, companion, null);
        } catch (IOException | RuntimeException e) {
            return new Launch(external.name(), printed, null, e instanceof IOException io ? io : new IOException(e));
        }
    }

    private void launched(List<Launch> launches) {
        launching = false;
        for (var launch : launches) {
            if (launch.companion() != null) {
                companions.put(launch.name(), launch.companion());
                launch.companion()
                        .ended()
                        .whenComplete((exit, problem) ->
                                loop.execute(() -> exited(launch, problem == null ? exit : new Exit(0, 9, false))));
            }
        }
        if (ending != null) {
            endRuntime(ending);
            return;
        }
        for (var launch : launches) {
            if (launch.problem() != null && roster.notLaunched(launch.name())) {
                failed(RuntimeFailure.Extension.notLaunched("/opt/extensions/" + launch.name(), launch.problem()));
                return;
            }
        }
        startRuntimeWhenRegistered();
    }

    private void startRuntimeWhenRegistered() {
        var start = runtime;
        if (start != null && !launching && roster.allRegistered()) {
            runtime = null;
            start.run();
        }
    }

    private void exited(Launch launch, Exit exit) {
        var name = launch.name();
        launch.printed().end();
        companions.remove(name);
        if (ending != null) {
            goOn(ending);
            return;
        }
        boolean never = !roster.hasRegistered(name) && NEVER_BEGAN.contains(exit.code());
        if (never ? roster.notLaunched(name) : roster.exited(name)) {
            failed(
                    never
                            ? RuntimeFailure.Extension.notFound("/opt/extensions/" + name)
                            : RuntimeFailure.Extension.exited(exit));
        }
    }

    private void failed(RuntimeFailure failure) {
        roster.list().stream().filter(listed -> !listed.errorType().isEmpty()).forEach(telemetry::extension);
        listener.failed(failure);
    }

    /** Init is over. */
    void initialised() {
        roster.initialised();
        roster.list().forEach(telemetry::extension);
    }

    // ---- Invocations.

    /** Whether no extension has anything left to do. */
    boolean settled() {
        return roster.settled();
    }

    /** Tells those who want to know of the invocation. */
    void invoke(RunningInvocation running) {
        if (roster.isEmpty()) {
            return;
        }
        var invocation = running.invocation();
        var event = new ExtensionEvent.Invoke(
                running.deadlineMillis(), invocation.requestId(), invocation.invokedArn(), invocation.traceId());
        roster.invoke(event).forEach(id -> tell(id, event));
    }

    private void tell(String id, ExtensionEvent event) {
        var poll = polls.remove(id);
        if (poll != null) {
            poll.give(event);
        }
    }

    // ---- The end.

    /**
     * Ends the runtime and then the extensions, in the time that they have for it.
     *
     * @param then called once nothing runs; at once where there are no extensions
     */
    void shutDown(ShutdownReason reason, Runnable then) {
        next = null;
        runtime = null;
        if (ending != null) {
            ended.add(then);
            return;
        }
        if (roster.isEmpty() && !launching) {
            process.kill();
            telemetry.restart();
            then.run();
            return;
        }
        ended.add(then);
        var begun = new Ending(reason, ShutdownBudget.of(roster), loop.nanoTime());
        ending = begun;
        roster.endBegins();
        telemetry.hurry();
        if (!launching) {
            endRuntime(begun);
        }
    }

    private void endRuntime(Ending of) {
        alarm.set(of.budget.runtime().toNanos());
        process.terminate(() -> {
            of.runtimeGone = true;
            goOn(of);
        });
    }

    private void goOn(Ending of) {
        if (of.step == Step.RUNTIME && of.runtimeGone) {
            deliverTelemetry(of);
        } else if (of.step == Step.EXTENSIONS && companions.isEmpty()) {
            killAll(of);
        } else if (of.step == Step.KILLED && companions.isEmpty() && of.runtimeGone) {
            over();
        }
    }

    private void waitedLongEnough() {
        var of = ending;
        if (of == null) {
            return;
        }
        if (of.step == Step.RUNTIME) {
            process.killRuntime();
            deliverTelemetry(of);
        } else if (of.step == Step.TELEMETRY) {
            endExtensions(of);
        } else if (of.step == Step.EXTENSIONS) {
            killAll(of);
        }
    }

    private void deliverTelemetry(Ending of) {
        of.step = Step.TELEMETRY;
        alarm.set(Math.min(of.leftNanos(loop.nanoTime()), DELIVERY.toNanos()));
        telemetry.whenDelivered(() -> {
            if (of.step == Step.TELEMETRY) {
                endExtensions(of);
            }
        });
    }

    private void endExtensions(Ending of) {
        of.step = Step.EXTENSIONS;
        long left = of.leftNanos(loop.nanoTime());
        var event =
                new ExtensionEvent.Shutdown(of.reason, loop.currentTimeMillis() + TimeUnit.NANOSECONDS.toMillis(left));
        alarm.set(left);
        roster.shutDown(event).forEach(id -> tell(id, event));
        for (var name : roster.deafToShutdown()) {
            var deaf = companions.get(name);
            if (deaf != null) {
                deaf.kill();
            }
        }
        goOn(of);
    }

    private void killAll(Ending of) {
        of.step = Step.KILLED;
        alarm.dispose();
        sandbox.kill();
        goOn(of);
    }

    private void over() {
        ending = null;
        polls.clear();
        telemetry.restart();
        roster = new ExtensionRoster(List.of());
        var told = List.copyOf(ended);
        ended.clear();
        told.forEach(Runnable::run);
        var start = next;
        if (start != null) {
            next = null;
            start(start);
        }
    }

    // ---- What extensions ask.

    @Override
    public Registration register(String name, Set<EventType> events) {
        var registration = roster.register(name, events, () -> UUID.randomUUID().toString());
        if (registration instanceof Registration.Registered) {
            loop.execute(this::startRuntimeWhenRegistered); // After the answer.
        }
        return registration;
    }

    @Override
    public Function function() {
        return extensions.function();
    }

    @Override
    public void next(String id, Poll poll) {
        switch (roster.next(id)) {
            case Next.Waits _ -> {
                var before = polls.put(id, poll);
                if (before != null) {
                    // It has given up an earlier poll without closing its connection. One event has one receiver.
                    before.refuse(ExtensionRefusal.transition("Ready", "Ready", id));
                }
                if (ending == null && roster.settled()) {
                    listener.settled();
                }
            }
            case Next.Gets(var event) -> poll.give(event);
            case Next.Refused(var why) -> poll.refuse(why);
        }
    }

    @Override
    public void withdraw(String id, Poll poll) {
        if (polls.remove(id, poll)) {
            roster.withdraw(id);
        }
    }

    @Override
    public Optional<ExtensionRefusal> initError(String id, String type, Buffer body) {
        var refusal = roster.initError(id, type);
        if (refusal.isEmpty()) {
            toldError("Extension.InitError", type, body);
        }
        return refusal;
    }

    @Override
    public Optional<ExtensionRefusal> exitError(String id, String type, Buffer body) {
        var refusal = roster.exitError(id, type);
        if (refusal.isEmpty()) {
            toldError("Extension.ExitError", type, body);
        }
        return refusal;
    }

    private void toldError(String failure, String type, Buffer body) {
        var reason = message(body, type);
        // After the answer, and not where the end has begun.
        loop.execute(() -> {
            if (ending == null) {
                failed(new RuntimeFailure.Extension(failure, reason));
            }
        });
    }

    private static String message(Buffer body, String otherwise) {
        try {
            JsonNode error = JSON.readTree(body.getBytes());
            return error.path("errorMessage").asText(otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }

    @Override
    public Answer subscribe(SubscriptionApi api, String id, Buffer body) {
        var name = roster.name(id);
        if (name.isEmpty()) {
            var refusal = ExtensionRefusal.unknownIdentifier(id);
            return error(403, refusal.type(), refusal.message());
        }
        return telemetry.subscribe(api, id, name.get(), roster.initialises(), body);
    }

    static Answer error(int status, String type, String message) {
        var error = JsonNodeFactory.instance
                .objectNode()
                .put("errorMessage", message)
                .put("errorType", type);
        return new Answer(status, error.toString());
    }
}
