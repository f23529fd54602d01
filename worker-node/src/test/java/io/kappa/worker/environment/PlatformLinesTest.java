package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.worker.environment.PlatformLines.InitPhase;
import io.kappa.worker.extension.ExtensionCalls.SubscriptionApi;
import io.kappa.worker.extension.ExtensionRoster.Listing;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines as users' tools read them, byte for byte. */
class PlatformLinesTest {
    private static final long NOW = Instant.parse("2026-01-02T03:04:05.006Z").toEpochMilli();
    private static final String ID = "8286a188-ba32-4475-8077-530cd35c09a9";

    private final PlatformLines text = lines("Text", null);
    private final PlatformLines json = lines("JSON", "INFO");

    @Test
    void textOfInitStartNamesTheRuntimeVersion() {
        assertThat(text.initStart(NOW, InitPhase.INIT))
                .isEqualTo("INIT_START Runtime Version: python:3.12.4\tRuntime Version ARN: arn:aws:lambda:us-east-1::"
                        + "runtime:30981cea914f49e51e3f6b297bb34904c2ddfc171a21eb270d43641910ee5575");
    }

    @Test
    void textOfStartAndEnd() {
        assertThat(text.start(NOW, ID)).isEqualTo("START RequestId: " + ID + " Version: $LATEST");
        assertThat(text.end(NOW, ID)).isEqualTo("END RequestId: " + ID);
    }

    @Test
    void textOfTheReportOfAWarmInvocation() {
        assertThat(text.report(NOW, report(301, 0, 0, new EndStatus.Success())))
                .isEqualTo("REPORT RequestId: " + ID + "\tDuration: 3.01 ms\tBilled Duration: 4 ms\t"
                        + "Memory Size: 128 MB\tMax Memory Used: 36 MB\t");
    }

    @Test
    void textOfTheReportOfAColdStart() {
        assertThat(text.report(NOW, report(301, 11_010, 0, new EndStatus.Success())))
                .isEqualTo("REPORT RequestId: " + ID + "\tDuration: 3.01 ms\tBilled Duration: 114 ms\t"
                        + "Memory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t");
    }

    @Test
    void textOfTheReportOfATimeout() {
        assertThat(text.report(NOW, report(300_000, 0, 0, new EndStatus.Timeout())))
                .endsWith("Duration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\t"
                        + "Max Memory Used: 36 MB\tStatus: timeout");
    }

    @Test
    void textOfTheReportOfACrash() {
        assertThat(text.report(NOW, report(7, 0, 0, new EndStatus.Crash("Runtime.ExitError"))))
                .endsWith("Duration: 0.07 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t"
                        + "Status: error\tError Type: Runtime.ExitError");
    }

    @Test
    void textOfTheReportSaysNothingOfAnErrorThatTheHandlerRaised() {
        assertThat(text.report(NOW, report(301, 0, 0, new EndStatus.Failure("Function.Unknown"))))
                .isEqualTo(text.report(NOW, report(301, 0, 0, new EndStatus.Success())));
    }

    @Test
    void textOfTheInitReportIsWrittenOnlyForFailures() {
        assertThat(text.initReport(NOW, InitPhase.INIT, 123_604, new EndStatus.Timeout()))
                .isEqualTo("INIT_REPORT Init Duration: 1236.04 ms\tPhase: init\tStatus: timeout");
        assertThat(text.initReport(NOW, InitPhase.INVOKE, 123_604, new EndStatus.Crash("Extension.Crash")))
                .isEqualTo("INIT_REPORT Init Duration: 1236.04 ms\tPhase: invoke\tStatus: error\t"
                        + "Error Type: Extension.Crash");
        assertThat(text.initReport(NOW, InitPhase.INIT, 1, new EndStatus.Success()))
                .isEmpty();
    }

    @Test
    void extensionsAndSubscriptionsAreShown() {
        var ready = new Listing("a", "Ready", List.of("INVOKE", "SHUTDOWN"), "");
        var failed = new Listing("b", "LaunchError", List.of(), "Extension.LaunchError");
        var types = List.of("platform", "function");
        var inJson = lines("JSON", "INFO", InitializationType.ON_DEMAND);

        assertThat(text.extension(NOW, ready))
                .isEqualTo("EXTENSION\tName: a\tState: Ready\tEvents: [INVOKE, SHUTDOWN]");
        assertThat(text.extension(NOW, failed))
                .isEqualTo("EXTENSION\tName: b\tState: LaunchError\tEvents: []\tError Type: Extension.LaunchError");
        assertThat(text.subscription(NOW, SubscriptionApi.TELEMETRY, "a", types))
                .isEqualTo("TELEMETRY\tName: a\tState: Subscribed\tTypes: [Platform, Function]");
        assertThat(text.subscription(NOW, SubscriptionApi.LOGS, "a", types)).startsWith("LOGS\tName: a\t");
        assertThat(inJson.extension(NOW, failed))
                .endsWith("\"type\":\"platform.extension\",\"record\":{\"name\":\"b\",\"state\":\"LaunchError\","
                        + "\"events\":[],\"errorType\":\"Extension.LaunchError\"}}");
        assertThat(inJson.subscription(NOW, SubscriptionApi.TELEMETRY, "a", types))
                .endsWith("\"type\":\"platform.telemetrySubscription\",\"record\":{\"name\":\"a\","
                        + "\"state\":\"Subscribed\",\"types\":[\"platform\",\"function\"]}}");
        assertThat(lines("JSON", "WARN", InitializationType.ON_DEMAND).extension(NOW, ready))
                .isEmpty();
        assertThat(lines("JSON", "WARN", InitializationType.ON_DEMAND).extension(NOW, failed))
                .isNotEmpty();
    }

    @Test
    void theInitOfAProvisionedEnvironmentIsReportedAlways() {
        var type = InitializationType.PROVISIONED_CONCURRENCY;

        assertThat(lines("Text", null, type).initReport(NOW, InitPhase.INIT, 123_604, new EndStatus.Success()))
                .isEqualTo("INIT_REPORT Init Duration: 1236.04 ms\tPhase: init\t");
        assertThat(lines("JSON", "INFO", type).initReport(NOW, InitPhase.INIT, 1, new EndStatus.Success()))
                .contains("\"initializationType\":\"provisioned-concurrency\",\"phase\":\"init\",");
        assertThat(lines("JSON", "INFO", type).initStart(NOW, InitPhase.INIT))
                .contains("\"initializationType\":\"provisioned-concurrency\",\"phase\":\"init\",");
        assertThat(lines("JSON", "WARN", type).initReport(NOW, InitPhase.INIT, 1, new EndStatus.Success()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "100, 0, 0, 1",
        "101, 0, 0, 2",
        "0, 0, 0, 1",
        "301, 11010, 0, 114",
        "300000, 0, 0, 3000",
        "200000, 0, 1000000, 12000",
    })
    void everyMillisecondThatWasBegunIsBilled(long duration, long init, long failedInit, long billed) {
        assertThat(report(duration, init, failedInit, new EndStatus.Success()).billedMillis())
                .isEqualTo(billed);
    }

    @Test
    void jsonOfStartAndReport() {
        assertThat(json.start(NOW, ID))
                .isEqualTo("{\"time\":\"2026-01-02T03:04:05.006Z\",\"type\":\"platform.start\",\"record\":"
                        + "{\"requestId\":\"" + ID + "\",\"version\":\"$LATEST\"}}");
        assertThat(json.end(NOW, ID)).isEmpty();
        assertThat(json.report(NOW, report(301, 11_010, 0, new EndStatus.Success())))
                .isEqualTo("{\"time\":\"2026-01-02T03:04:05.006Z\",\"type\":\"platform.report\",\"record\":"
                        + "{\"requestId\":\"" + ID + "\",\"status\":\"success\",\"metrics\":{\"durationMs\":3.01,"
                        + "\"billedDurationMs\":114,\"memorySizeMB\":128,\"maxMemoryUsedMB\":36,"
                        + "\"initDurationMs\":110.10}}}");
    }

    @Test
    void jsonOfFailuresNamesTheErrorType() {
        assertThat(json.report(NOW, report(1, 0, 0, new EndStatus.Crash("Runtime.ExitError"))))
                .contains("\"status\":\"error\",\"errorType\":\"Runtime.ExitError\",");
        assertThat(json.report(NOW, report(1, 0, 0, new EndStatus.Failure("Function.Unknown"))))
                .contains("\"status\":\"failure\",\"errorType\":\"Function.Unknown\",");
        assertThat(json.report(NOW, report(1, 0, 0, new EndStatus.Timeout())))
                .contains("\"status\":\"timeout\",\"metrics\"");
    }

    @Test
    void jsonLeavesOutWhatIsBelowTheSystemsLogLevel() {
        var warn = lines("JSON", "WARN");
        var debug = lines("JSON", "DEBUG");

        assertThat(warn.start(NOW, ID)).isEmpty();
        assertThat(warn.initStart(NOW, InitPhase.INIT)).isEmpty();
        assertThat(warn.report(NOW, report(1, 0, 0, new EndStatus.Success()))).isEmpty();
        assertThat(warn.report(NOW, report(1, 0, 0, new EndStatus.Timeout()))).isNotEmpty();
        assertThat(json.initReport(NOW, InitPhase.INIT, 1, new EndStatus.Success()))
                .isEmpty();
        assertThat(debug.initReport(NOW, InitPhase.INIT, 1, new EndStatus.Success()))
                .isEqualTo("{\"time\":\"2026-01-02T03:04:05.006Z\",\"type\":\"platform.initReport\",\"record\":"
                        + "{\"initializationType\":\"on-demand\",\"phase\":\"init\",\"status\":\"success\","
                        + "\"metrics\":{\"durationMs\":0.01}}}");
    }

    @Test
    void jsonTellsWhenTheRuntimeIsDoneWhereThatFailsOrIsAskedFor() {
        var debug = lines("JSON", "DEBUG");

        assertThat(debug.runtimeDone(NOW, ID, 301, new EndStatus.Success()))
                .isEqualTo("{\"time\":\"2026-01-02T03:04:05.006Z\",\"type\":\"platform.runtimeDone\",\"record\":"
                        + "{\"requestId\":\"" + ID + "\",\"status\":\"success\",\"metrics\":{\"durationMs\":3.01}}}");
        assertThat(debug.initRuntimeDone(NOW, InitPhase.INIT, new EndStatus.Success()))
                .endsWith("\"type\":\"platform.initRuntimeDone\",\"record\":"
                        + "{\"initializationType\":\"on-demand\",\"phase\":\"init\",\"status\":\"success\"}}");
        assertThat(debug.restoreRuntimeDone(NOW, new EndStatus.Success()))
                .endsWith("\"type\":\"platform.restoreRuntimeDone\",\"record\":{\"status\":\"success\"}}");
        assertThat(json.runtimeDone(NOW, ID, 301, new EndStatus.Success())).isEmpty();
        assertThat(json.initRuntimeDone(NOW, InitPhase.INIT, new EndStatus.Success()))
                .isEmpty();
        assertThat(json.restoreRuntimeDone(NOW, new EndStatus.Success())).isEmpty();
        assertThat(lines("JSON", "WARN").runtimeDone(NOW, ID, 301, new EndStatus.Timeout()))
                .contains("\"status\":\"timeout\",");
        assertThat(lines("JSON", "WARN")
                        .initRuntimeDone(NOW, InitPhase.INVOKE, new EndStatus.Crash("Runtime.ExitError")))
                .contains("\"phase\":\"invoke\",\"status\":\"error\",\"errorType\":\"Runtime.ExitError\"");
        assertThat(text.runtimeDone(NOW, ID, 301, new EndStatus.Timeout())).isEmpty();
    }

    @Test
    void aRestoreIsShownByLinesOfItsOwnAndBilledByItself() {
        var restored = new InvocationReport(ID, 301, 0, 0, 11_010, 128, 36, new EndStatus.Success());

        assertThat(text.restoreStart(NOW))
                .startsWith("RESTORE_START Runtime Version: python:3.12.4\tRuntime Version ARN: ");
        assertThat(text.restoreReport(NOW, 11_010, new EndStatus.Success()))
                .isEqualTo("RESTORE_REPORT Restore Duration: 110.10 ms");
        assertThat(text.restoreReport(NOW, 1_000_000, new EndStatus.Timeout()))
                .isEqualTo("RESTORE_REPORT Restore Duration: 10000.00 ms\tStatus: timeout");
        assertThat(text.report(NOW, restored))
                .contains("Billed Duration: 4 ms")
                .endsWith("Restore Duration: 110.10 ms\tBilled Restore Duration: 111 ms\t");
        assertThat(json.restoreStart(NOW)).contains("\"type\":\"platform.restoreStart\"");
        assertThat(json.restoreReport(NOW, 11_010, new EndStatus.Success()))
                .endsWith("\"type\":\"platform.restoreReport\",\"record\":{\"status\":\"success\","
                        + "\"metrics\":{\"durationMs\":110.10}}}");
        assertThat(json.report(NOW, restored)).contains("\"restoreDurationMs\":110.10");
        assertThat(lines("JSON", "WARN").restoreReport(NOW, 1, new EndStatus.Success()))
                .isEmpty();
    }

    private static PlatformLines lines(String format, @Nullable String systemLevel) {
        return lines(format, systemLevel, InitializationType.ON_DEMAND);
    }

    private static PlatformLines lines(String format, @Nullable String systemLevel, InitializationType type) {
        var logging = new LoggingConfiguration(format, null, systemLevel, "/aws/lambda/hello");
        return PlatformLines.of(logging, Bench.VERSION, type, "python:3.12.4");
    }

    private static InvocationReport report(long duration, long init, long failedInit, EndStatus status) {
        return new InvocationReport(ID, duration, init, failedInit, 0, 128, 36, status);
    }
}
