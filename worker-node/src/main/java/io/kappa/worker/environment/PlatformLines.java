package io.kappa.worker.environment;

import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.VersionArn;
import io.kappa.worker.extension.ExtensionCalls.SubscriptionApi;
import io.kappa.worker.extension.ExtensionRoster.Listing;
import java.util.List;

/** What the platform writes into a function's log about its environments, in the format that the function is configured for. */
sealed interface PlatformLines permits TextPlatformLines, JsonPlatformLines {

    /** When an init happened: before all invocations, or within one because the runtime had to be started again. */
    enum InitPhase {
        INIT("init"),
        INVOKE("invoke");

        private final String word;

        InitPhase(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    // All of these may be empty: nothing is written then.

    String initStart(long timeMillis, InitPhase phase);

    /** The runtime has done with its part of an init, or has failed. */
    String initRuntimeDone(long timeMillis, InitPhase phase, EndStatus status);

    /** @param duration in hundredths of a millisecond */
    String initReport(long timeMillis, InitPhase phase, long duration, EndStatus status);

    String restoreStart(long timeMillis);

    /** The runtime has done with its part of a restore, or has failed. */
    String restoreRuntimeDone(long timeMillis, EndStatus status);

    /** @param duration in hundredths of a millisecond */
    String restoreReport(long timeMillis, long duration, EndStatus status);

    String start(long timeMillis, String requestId);

    /**
     * The runtime has done with an invocation, or has failed.
     *
     * @param duration in hundredths of a millisecond
     */
    String runtimeDone(long timeMillis, String requestId, long duration, EndStatus status);

    String end(long timeMillis, String requestId);

    String report(long timeMillis, InvocationReport report);

    String extension(long timeMillis, Listing extension);

    /** @param types of telemetry, as the APIs name them */
    String subscription(long timeMillis, SubscriptionApi api, String extension, List<String> types);

    static PlatformLines of(
            LoggingConfiguration logging, VersionArn version, InitializationType type, String runtimeVersion) {
        return logging.format().equals("JSON")
                ? new JsonPlatformLines(logging, version, type, runtimeVersion)
                : new TextPlatformLines(version, type, runtimeVersion);
    }
}
