package io.kappa.worker.telemetry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of telemetry that a subscription chooses from. */
public enum TelemetryType {
    PLATFORM,
    FUNCTION,
    EXTENSION;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<TelemetryType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }
}
