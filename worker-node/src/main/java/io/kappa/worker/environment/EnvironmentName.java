package io.kappa.worker.environment;

import io.kappa.contracts.function.VersionArn;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/**
 * What one execution environment is called: its id, and the log stream that it keeps for life.
 *
 * @param id 32 hex digits
 */
record EnvironmentName(String id, String logGroup, String logStream) {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy/MM/dd").withZone(ZoneOffset.UTC);

    static EnvironmentName make(VersionArn version, String logGroup, Instant now) {
        return of(UUID.randomUUID().toString().replace("-", ""), version, logGroup, now);
    }

    static EnvironmentName of(String id, VersionArn version, String logGroup, Instant now) {
        var function = version.function().name().value();
        // In a group of its own the stream need not name the function; several functions may share any other.
        var stream = logGroup.equals("/aws/lambda/" + function)
                ? DAY.format(now) + "/[" + version.version() + "]" + id
                : DAY.format(now) + "/" + function + "[" + version.version() + "][" + id + "]";
        return new EnvironmentName(id, logGroup, stream);
    }
}
