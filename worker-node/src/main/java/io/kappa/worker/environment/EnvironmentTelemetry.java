package io.kappa.worker.environment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.worker.environment.PlatformLines.InitPhase;
import io.kappa.worker.extension.ExtensionCalls.Answer;
import io.kappa.worker.extension.ExtensionCalls.SubscriptionApi;
import io.kappa.worker.extension.ExtensionRoster.Listing;
import io.kappa.worker.telemetry.Subscription;
import io.kappa.worker.telemetry.Subscriptions;
import io.kappa.worker.telemetry.TelemetryEvent;
import io.kappa.worker.telemetry.TelemetryStream;
import io.kappa.worker.telemetry.TelemetryType;
import io.vertx.core.buffer.Buffer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The platform's events of one environment for extensions that have subscribed, and the lines about extensions in the function's log. On the
 * environment's event loop. Makes nothing while nobody listens, and after Init nobody can begin to.
 */
final class EnvironmentTelemetry {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final EnvironmentPlan plan;
    private final String runtimeVersion;
    private final PlatformLines lines;
    private final EnvironmentOutput output;
    private final TelemetryStream stream;
    private final EventLoop loop;
    private final Map<String, SubscriptionApi> apis = new HashMap<>();

    // Of the invocation of the moment: when things happened, by the loop's clock for measuring; 0 where they have not.
    private long answerBeganNanos;
    private long answeredNanos;
    private long runtimeDoneNanos;
    private long producedBytes;

    EnvironmentTelemetry(
            EnvironmentPlan plan,
            String runtimeVersion,
            PlatformLines lines,
            EnvironmentOutput output,
            TelemetryStream stream,
            EventLoop loop) {
        this.plan = plan;
        this.runtimeVersion = runtimeVersion;
        this.lines = lines;
        this.output = output;
        this.stream = stream;
        this.loop = loop;
    }

    // ---- Subscriptions.

    Answer subscribe(SubscriptionApi api, String id, String name, boolean initialises, Buffer body) {
        var prefix = api == SubscriptionApi.LOGS ? "Logs." : "Telemetry.";
        if (!initialises) {
            return EnvironmentExtensions.error(
                    403, prefix + "SubscriptionClosed", "Subscriptions are possible during Init alone");
        }
        if (apis.getOrDefault(id, api) != api) {
            return EnvironmentExtensions.error(
                    403,
                    prefix + "SubscriptionConflict",
                    "The extension has subscribed by the other one of the Telemetry API and the Logs API");
        }
        Subscription subscription;
        try {
            subscription = Subscriptions.read(api, body);
        } catch (Subscriptions.InvalidException e) {
            return EnvironmentExtensions.error(
                    400, api == SubscriptionApi.LOGS ? "Logs.ValidationError" : "ValidationError", e.problem());
        }
        apis.put(id, api);
        stream.subscribe(id, subscription);
        subscribed(
                api,
                name,
                subscription.types().stream().map(TelemetryType::word).toList());
        return new Answer(200, "\"OK\"");
    }

    private void subscribed(SubscriptionApi api, String name, List<String> types) {
        long now = loop.currentTimeMillis();
        output.platform(lines.subscription(now, api, name, types));
        var record = NODES.objectNode().put("name", name).put("state", "Subscribed");
        record.set("types", texts(types));
        add(now, api == SubscriptionApi.LOGS ? "platform.logsSubscription" : "platform.telemetrySubscription", record);
    }

    /** The processes are about to be started, for the first time or after a reset. */
    void restart() {
        apis.clear();
        stream.restart();
    }

    /** Nobody subscribes any more. */
    void initialised() {
        stream.initialised();
    }

    void pause() {
        stream.pause();
    }

    void resume() {
        stream.resume();
    }

    void hurry() {
        stream.hurry();
    }

    /** To be called once everything hurries. */
    void whenDelivered(Runnable then) {
        stream.whenDelivered(then);
    }

    void close() {
        stream.close();
    }

    // ---- Events.

    void extension(Listing extension) {
        long now = loop.currentTimeMillis();
        output.platform(lines.extension(now, extension));
        var record = NODES.objectNode().put("name", extension.name()).put("state", extension.state());
        record.set("events", texts(extension.events()));
        if (!extension.errorType().isEmpty()) {
            record.put("errorType", extension.errorType());
        }
        add(now, "platform.extension", record);
    }

    void initStart(InitPhase phase) {
        if (!stream.isOpen()) {
            return;
        }
        var version = plan.key().version();
        add(
                "platform.initStart",
                phased(phase)
                        .put("runtimeVersion", runtimeVersion)
                        .put(
                                "runtimeVersionArn",
                                TextPlatformLines.runtimeVersionArn(
                                        version.function().region(), runtimeVersion))
                        .put("functionName", version.function().name().value())
                        .put("functionArn", version.toString())
                        .put("functionVersion", version.version().toString())
                        .put("instanceId", plan.name().id())
                        .put("instanceMaxMemory", plan.configuration().memoryMegabytes()));
    }

    void initRuntimeDone(InitPhase phase, EndStatus status) {
        if (stream.isOpen()) {
            add("platform.initRuntimeDone", ended(phased(phase), status));
        }
    }

    /** @param duration in hundredths of a millisecond */
    void initReport(InitPhase phase, EndStatus status, long duration) {
        if (stream.isOpen()) {
            var record = ended(phased(phase), status);
            record.putObject("metrics").put("durationMs", millis(duration));
            add("platform.initReport", record);
        }
    }

    void start(RunningInvocation running) {
        answerBeganNanos = 0;
        answeredNanos = 0;
        runtimeDoneNanos = 0;
        producedBytes = 0;
        if (stream.isOpen()) {
            add(
                    "platform.start",
                    traced(
                            running,
                            NODES.objectNode()
                                    .put("requestId", running.requestId())
                                    .put(
                                            "version",
                                            plan.key().version().version().toString())));
        }
    }

    /** The runtime begins to answer. */
    void answering() {
        if (stream.isOpen()) {
            answerBeganNanos = loop.nanoTime();
        }
    }

    void produced(int bytes) {
        producedBytes += bytes;
    }

    void answered() {
        if (stream.isOpen()) {
            answeredNanos = loop.nanoTime();
        }
    }

    /** The runtime is done with the invocation, in whichever way. Counts once. */
    void runtimeDone(RunningInvocation running, EndStatus status) {
        if (runtimeDoneNanos != 0) {
            return;
        }
        runtimeDoneNanos = loop.nanoTime();
        if (!stream.isOpen()) {
            return;
        }
        var record = ended(NODES.objectNode().put("requestId", running.requestId()), status);
        var metrics = record.putObject("metrics");
        metrics.put("durationMs", between(running.startedNanos(), runtimeDoneNanos));
        if (answeredNanos != 0) {
            metrics.put("producedBytes", producedBytes);
            long began = answerBeganNanos == 0 ? answeredNanos : answerBeganNanos;
            var spans = record.putArray("spans");
            spans.add(span("responseLatency", running.startedNanos(), began));
            spans.add(span("responseDuration", began, answeredNanos));
            spans.add(span("runtimeOverhead", answeredNanos, runtimeDoneNanos));
        }
        add("platform.runtimeDone", traced(running, record));
    }

    /** How long extensions have gone on after the runtime; 0 where they have not. */
    long extensionNanos() {
        return runtimeDoneNanos == 0 ? 0 : loop.nanoTime() - runtimeDoneNanos;
    }

    void report(RunningInvocation running, InvocationReport report) {
        if (!stream.isOpen()) {
            return;
        }
        long now = loop.currentTimeMillis();
        fault(now, report.requestId(), report.status());
        add(now, "platform.end", NODES.objectNode().put("requestId", report.requestId()));
        var record = ended(NODES.objectNode().put("requestId", report.requestId()), report.status());
        var metrics = record.putObject("metrics")
                .put("durationMs", millis(report.duration()))
                .put("billedDurationMs", report.billedMillis())
                .put("memorySizeMB", report.memoryMegabytes())
                .put("maxMemoryUsedMB", report.maxMemoryUsedMegabytes());
        if (report.init() > 0) {
            metrics.put("initDurationMs", millis(report.init()));
        }
        if (report.restore() > 0) {
            metrics.put("restoreDurationMs", millis(report.restore()));
        }
        if (runtimeDoneNanos != 0) {
            record.putArray("spans").add(span("extensionOverhead", runtimeDoneNanos, loop.nanoTime()));
        }
        add(now, "platform.report", traced(running, record));
    }

    /** What the Logs API has in place of a status. */
    private void fault(long now, String requestId, EndStatus status) {
        var text = switch (status) {
            case EndStatus.Success _, EndStatus.Failure _ -> "";
            case EndStatus.Crash(var type) -> "RequestId: " + requestId + " Error: " + type;
            case EndStatus.Timeout _ ->
                "RequestId: " + requestId + " Task timed out after "
                        + plan.configuration().timeoutSeconds() + ".00 seconds";
        };
        if (!text.isEmpty()) {
            add(now, "platform.fault", NODES.textNode(text));
        }
    }

    private void add(String name, JsonNode record) {
        add(loop.currentTimeMillis(), name, record);
    }

    private void add(long timeMillis, String name, JsonNode record) {
        stream.add(new TelemetryEvent.Platform(timeMillis, name, record));
    }

    private ObjectNode phased(InitPhase phase) {
        return NODES.objectNode().put("initializationType", plan.type().word()).put("phase", phase.word());
    }

    private static ObjectNode ended(ObjectNode record, EndStatus status) {
        record.put("status", status.word());
        var type = errorType(status);
        if (type != null) {
            record.put("errorType", type);
        }
        return record;
    }

    private static @Nullable String errorType(EndStatus status) {
        return switch (status) {
            case EndStatus.Success _, EndStatus.Timeout _ -> null;
            case EndStatus.Failure(var type) -> type;
            case EndStatus.Crash(var type) -> type;
        };
    }

    private static ObjectNode traced(RunningInvocation running, ObjectNode record) {
        var trace = running.invocation().traceId();
        if (!trace.isEmpty()) {
            record.putObject("tracing").put("type", "X-Amzn-Trace-Id").put("value", trace);
        }
        return record;
    }

    /** A part of an invocation, with the moment at which it began. */
    private ObjectNode span(String name, long beganNanos, long endedNanos) {
        long agoMillis = (loop.nanoTime() - beganNanos) / 1_000_000;
        var began = Instant.ofEpochMilli(loop.currentTimeMillis() - agoMillis);
        return NODES.objectNode()
                .put("name", name)
                .put("start", TelemetryEvent.TIME.format(began))
                .put("durationMs", between(beganNanos, endedNanos));
    }

    private static BigDecimal between(long beganNanos, long endedNanos) {
        return millis(InvocationReport.hundredths(endedNanos - beganNanos));
    }

    private static BigDecimal millis(long hundredths) {
        return BigDecimal.valueOf(hundredths, 2);
    }

    private static JsonNode texts(List<String> texts) {
        var array = NODES.arrayNode();
        texts.forEach(array::add);
        return array;
    }
}
