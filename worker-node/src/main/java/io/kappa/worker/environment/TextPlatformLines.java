package io.kappa.worker.environment;

import io.kappa.contracts.function.VersionArn;
import io.kappa.worker.extension.ExtensionCalls.SubscriptionApi;
import io.kappa.worker.extension.ExtensionRoster.Listing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Lambda's Text format: {@code START}, {@code END} and {@code REPORT}, their parts separated by tabs. */
record TextPlatformLines(VersionArn version, InitializationType type, String runtimeVersion) implements PlatformLines {

    @Override
    public String initStart(long timeMillis, InitPhase phase) {
        return "INIT_START Runtime Version: " + runtimeVersion + "\tRuntime Version ARN: "
                + runtimeVersionArn(version.function().region(), runtimeVersion);
    }

    /** Named after what is installed: the same on every machine that has the same runtime. */
    static String runtimeVersionArn(String region, String runtimeVersion) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(runtimeVersion.getBytes(StandardCharsets.UTF_8));
            return "arn:aws:lambda:" + region + "::runtime:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    // What the runtime alone has done is no line in this format.

    @Override
    public String initRuntimeDone(long timeMillis, InitPhase phase, EndStatus status) {
        return "";
    }

    @Override
    public String restoreRuntimeDone(long timeMillis, EndStatus status) {
        return "";
    }

    @Override
    public String runtimeDone(long timeMillis, String requestId, long duration, EndStatus status) {
        return "";
    }

    @Override
    public String initReport(long timeMillis, InitPhase phase, long duration, EndStatus status) {
        if (status instanceof EndStatus.Success && type == InitializationType.ON_DEMAND) {
            return "";
        }
        var line = new StringBuilder("INIT_REPORT Init Duration: ");
        appendMillis(line, duration).append("\tPhase: ").append(phase.word()).append('\t');
        appendStatus(line, status);
        return line.toString();
    }

    @Override
    public String start(long timeMillis, String requestId) {
        return "START RequestId: " + requestId + " Version: " + version.version();
    }

    @Override
    public String end(long timeMillis, String requestId) {
        return "END RequestId: " + requestId;
    }

    @Override
    public String report(long timeMillis, InvocationReport report) {
        var line = new StringBuilder(192);
        line.append("REPORT RequestId: ").append(report.requestId()).append("\tDuration: ");
        appendMillis(line, report.duration())
                .append("\tBilled Duration: ")
                .append(report.billedMillis())
                .append(" ms\tMemory Size: ")
                .append(report.memoryMegabytes())
                .append(" MB\tMax Memory Used: ")
                .append(report.maxMemoryUsedMegabytes())
                .append(" MB\t");
        if (report.init() > 0) {
            line.append("Init Duration: ");
            appendMillis(line, report.init()).append('\t');
        }
        if (report.restore() > 0) {
            line.append("Restore Duration: ");
            appendMillis(line, report.restore())
                    .append("\tBilled Restore Duration: ")
                    .append(report.billedRestoreMillis())
                    .append(" ms\t");
        }
        appendStatus(line, report.status());
        return line.toString();
    }

    @Override
    public String restoreStart(long timeMillis) {
        return "RESTORE_START Runtime Version: " + runtimeVersion + "\tRuntime Version ARN: "
                + runtimeVersionArn(version.function().region(), runtimeVersion);
    }

    @Override
    public String restoreReport(long timeMillis, long duration, EndStatus status) {
        var line = new StringBuilder("RESTORE_REPORT Restore Duration: ");
        appendMillis(line, duration);
        if (!(status instanceof EndStatus.Success)) {
            line.append('\t');
            appendStatus(line, status);
        }
        return line.toString();
    }

    @Override
    public String extension(long timeMillis, Listing extension) {
        return "EXTENSION\tName: " + extension.name() + "\tState: " + extension.state() + "\tEvents: "
                + extension.events()
                + (extension.errorType().isEmpty() ? "" : "\tError Type: " + extension.errorType());
    }

    @Override
    public String subscription(long timeMillis, SubscriptionApi api, String extension, List<String> types) {
        var capitalised = types.stream()
                .map(type -> type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1))
                .toList();
        return api + "\tName: " + extension + "\tState: Subscribed\tTypes: " + capitalised;
    }

    private static StringBuilder appendMillis(StringBuilder line, long hundredths) {
        long fraction = hundredths % 100;
        return line.append(hundredths / 100)
                .append(fraction < 10 ? ".0" : ".")
                .append(fraction)
                .append(" ms");
    }

    private static void appendStatus(StringBuilder line, EndStatus status) {
        switch (status) {
            // An error that the handler raised is the function's affair; its own lines say what it was.
            case EndStatus.Success _, EndStatus.Failure _ -> {}
            case EndStatus.Timeout _ -> line.append("Status: timeout");
            case EndStatus.Crash(String errorType) ->
                line.append("Status: error\tError Type: ").append(errorType);
        }
    }
}
