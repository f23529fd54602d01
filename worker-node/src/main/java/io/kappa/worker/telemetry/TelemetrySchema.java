package io.kappa.worker.telemetry;

import io.kappa.worker.extension.ExtensionCalls.SubscriptionApi;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The forms that events come in, by the API that they are subscribed with. */
enum TelemetrySchema {
    LOGS_2020_08_15("2020-08-15", SubscriptionApi.LOGS),
    LOGS_2021_03_18("2021-03-18", SubscriptionApi.LOGS),
    TELEMETRY_2022_07_01("2022-07-01", SubscriptionApi.TELEMETRY),
    TELEMETRY_2022_12_13("2022-12-13", SubscriptionApi.TELEMETRY),
    TELEMETRY_2025_01_29("2025-01-29", SubscriptionApi.TELEMETRY);

    private static final Set<String> OF_LOGS_API_ALONE =
            Set.of("platform.end", "platform.fault", "platform.logsSubscription");
    private static final Set<String> OF_LOGS_API = Set.of(
            "platform.start",
            "platform.end",
            "platform.report",
            "platform.fault",
            "platform.extension",
            "platform.logsSubscription",
            "platform.logsDropped",
            "platform.runtimeDone");

    private final String wireName;
    private final SubscriptionApi api;

    TelemetrySchema(String wireName, SubscriptionApi api) {
        this.wireName = wireName;
        this.api = api;
    }

    static Optional<TelemetrySchema> of(SubscriptionApi api, String wireName) {
        return Arrays.stream(values())
                .filter(schema -> schema.api == api && schema.wireName.equals(wireName))
                .findFirst();
    }

    boolean ofLogsApi() {
        return api == SubscriptionApi.LOGS;
    }

    /** Whether there is such an event of the platform's. */
    boolean knows(String event) {
        if (!ofLogsApi()) {
            return !OF_LOGS_API_ALONE.contains(event);
        }
        return OF_LOGS_API.contains(event) && (this != LOGS_2020_08_15 || !event.equals("platform.runtimeDone"));
    }

    /** Whether a line that is a JSON object, of a function that logs in JSON, comes as an object. Otherwise it comes as a string. */
    boolean keepsObjects() {
        return compareTo(TELEMETRY_2022_12_13) >= 0;
    }
}
