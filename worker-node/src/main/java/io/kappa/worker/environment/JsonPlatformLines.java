package io.kappa.worker.environment;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.VersionArn;
import io.kappa.worker.extension.ExtensionCalls.SubscriptionApi;
import io.kappa.worker.extension.ExtensionRoster.Listing;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lambda's JSON format: platform events, one object a line, left out where the system's log level is above theirs. */
final class JsonPlatformLines implements PlatformLines {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Level least;
    private final VersionArn version;
    private final InitializationType type;
    private final String runtimeVersion;

    private enum Level {
        DEBUG,
        INFO,
        WARN
    }

    JsonPlatformLines(
            LoggingConfiguration logging, VersionArn version, InitializationType type, String runtimeVersion) {
        this.least = level(logging.systemLevel());
        this.version = version;
        this.type = type;
        this.runtimeVersion = runtimeVersion;
    }

    private static Level level(@Nullable String name) {
        return switch (name) {
            case "DEBUG" -> Level.DEBUG;
            case "WARN" -> Level.WARN;
            case null, default -> Level.INFO;
        };
    }

    @Override
    public String initStart(long timeMillis, InitPhase phase) {
        var function = version.function();
        return event(
                Level.INFO,
                timeMillis,
                "platform.initStart",
                "\"initializationType\":\"" + type.word() + "\",\"phase\":\"" + phase.word() + "\",\"runtimeVersion\":"
                        + quoted(runtimeVersion) + ",\"runtimeVersionArn\":"
                        + quoted(TextPlatformLines.runtimeVersionArn(function.region(), runtimeVersion))
                        + ",\"functionName\":\"" + function.name() + "\",\"functionVersion\":\"" + version.version()
                        + "\"");
    }

    @Override
    public String initRuntimeDone(long timeMillis, InitPhase phase, EndStatus status) {
        return event(
                runtimeDoneLevel(status),
                timeMillis,
                "platform.initRuntimeDone",
                "\"initializationType\":\"" + type.word() + "\",\"phase\":\"" + phase.word() + "\"," + ending(status));
    }

    private static Level runtimeDoneLevel(EndStatus status) {
        return status instanceof EndStatus.Success ? Level.DEBUG : Level.WARN;
    }

    @Override
    public String initReport(long timeMillis, InitPhase phase, long duration, EndStatus status) {
        return event(
                initReportLevel(status),
                timeMillis,
                "platform.initReport",
                "\"initializationType\":\"" + type.word() + "\",\"phase\":\"" + phase.word() + "\"," + ending(status)
                        + ",\"metrics\":{\"durationMs\":" + millis(duration) + "}");
    }

    private Level initReportLevel(EndStatus status) {
        if (!(status instanceof EndStatus.Success)) {
            return Level.WARN;
        }
        return type == InitializationType.ON_DEMAND ? Level.DEBUG : Level.INFO;
    }

    @Override
    public String restoreStart(long timeMillis) {
        var function = version.function();
        return event(
                Level.INFO,
                timeMillis,
                "platform.restoreStart",
                "\"functionName\":\"" + function.name() + "\",\"functionVersion\":\"" + version.version()
                        + "\",\"runtimeVersion\":" + quoted(runtimeVersion) + ",\"runtimeVersionArn\":"
                        + quoted(TextPlatformLines.runtimeVersionArn(function.region(), runtimeVersion)));
    }

    @Override
    public String restoreRuntimeDone(long timeMillis, EndStatus status) {
        return event(runtimeDoneLevel(status), timeMillis, "platform.restoreRuntimeDone", ending(status));
    }

    @Override
    public String restoreReport(long timeMillis, long duration, EndStatus status) {
        return event(
                status instanceof EndStatus.Success ? Level.INFO : Level.WARN,
                timeMillis,
                "platform.restoreReport",
                ending(status) + ",\"metrics\":{\"durationMs\":" + millis(duration) + "}");
    }

    @Override
    public String start(long timeMillis, String requestId) {
        return event(
                Level.INFO,
                timeMillis,
                "platform.start",
                "\"requestId\":" + quoted(requestId) + ",\"version\":\"" + version.version() + "\"");
    }

    @Override
    public String runtimeDone(long timeMillis, String requestId, long duration, EndStatus status) {
        return event(
                runtimeDoneLevel(status),
                timeMillis,
                "platform.runtimeDone",
                "\"requestId\":" + quoted(requestId) + "," + ending(status) + ",\"metrics\":{\"durationMs\":"
                        + millis(duration) + "}");
    }

    /** The JSON format has no such event: the report is the end. */
    @Override
    public String end(long timeMillis, String requestId) {
        return "";
    }

    @Override
    public String report(long timeMillis, InvocationReport report) {
        var metrics = "\"durationMs\":" + millis(report.duration()) + ",\"billedDurationMs\":" + report.billedMillis()
                + ",\"memorySizeMB\":" + report.memoryMegabytes() + ",\"maxMemoryUsedMB\":"
                + report.maxMemoryUsedMegabytes()
                + (report.init() > 0 ? ",\"initDurationMs\":" + millis(report.init()) : "")
                + (report.restore() > 0 ? ",\"restoreDurationMs\":" + millis(report.restore()) : "");
        return event(
                report.status() instanceof EndStatus.Success ? Level.INFO : Level.WARN,
                timeMillis,
                "platform.report",
                "\"requestId\":" + quoted(report.requestId()) + "," + ending(report.status()) + ",\"metrics\":{"
                        + metrics + "}");
    }

    @Override
    public String extension(long timeMillis, Listing extension) {
        boolean failed = !extension.errorType().isEmpty();
        return event(
                failed ? Level.WARN : Level.INFO,
                timeMillis,
                "platform.extension",
                "\"name\":" + quoted(extension.name()) + ",\"state\":\"" + extension.state() + "\",\"events\":"
                        + texts(extension.events())
                        + (failed ? ",\"errorType\":\"" + extension.errorType() + "\"" : ""));
    }

    @Override
    public String subscription(long timeMillis, SubscriptionApi api, String extension, List<String> types) {
        return event(
                Level.INFO,
                timeMillis,
                api == SubscriptionApi.LOGS ? "platform.logsSubscription" : "platform.telemetrySubscription",
                "\"name\":" + quoted(extension) + ",\"state\":\"Subscribed\",\"types\":" + texts(types));
    }

    private static String texts(List<String> texts) {
        return texts.stream().map(JsonPlatformLines::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    private String event(Level level, long timeMillis, String type, String members) {
        return level.compareTo(least) < 0
                ? ""
                : "{\"time\":\"" + TIME.format(Instant.ofEpochMilli(timeMillis)) + "\",\"type\":\"" + type
                        + "\",\"record\":{" + members + "}}";
    }

    private static String ending(EndStatus status) {
        var errorType = switch (status) {
            case EndStatus.Success _, EndStatus.Timeout _ -> "";
            case EndStatus.Failure(String type) -> type;
            case EndStatus.Crash(String type) -> type;
        };
        return "\"status\":\"" + status.word() + "\""
                + (errorType.isEmpty() ? "" : ",\"errorType\":\"" + errorType + "\"");
    }

    private static String millis(long hundredths) {
        return BigDecimal.valueOf(hundredths, 2).toString();
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
