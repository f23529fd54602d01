package io.kappa.contracts.log;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.VersionArn;
import java.util.List;

/**
 * Some consecutive lines of one execution environment.
 *
 * @param logGroup such as {@code /aws/lambda/NAME}
 * @param logStream one for an environment's whole life: {@code YYYY/MM/DD/[VERSION]32 hex digits}
 * @param dropped lines left out before these because they came faster than they could be kept
 */
public record LogBatch(
        @JsonProperty("v") int formatVersion,
        VersionArn version,
        String logGroup,
        String logStream,
        List<Line> lines,
        long dropped) {

    public LogBatch {
        lines = List.copyOf(lines);
    }

    /**
     * One event of the log.
     *
     * @param time epoch milliseconds
     * @param requestId of the invocation during which it was written, or empty
     */
    public record Line(long time, String requestId, String message) {}
}
