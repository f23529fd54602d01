package io.kappa.standalone.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What came back from an invocation.
 *
 * @param functionError set where the payload is not the handler's result but what went wrong in the function
 * @param logTail the last of what was logged, from START to REPORT
 * @param roundTrip from sending the request until the answer was here
 */
record Invocation(String payload, Optional<String> functionError, String logTail, Duration roundTrip) {

    /** A figure of the REPORT line with its unit, such as {@code 1.02 ms} for {@code Duration}; a dash where the line has none. */
    String reported(String name) {
        var figure = Pattern.compile("\\t" + Pattern.quote(name) + ": ([0-9.]+ [A-Za-z]+)")
                .matcher(logTail);
        return figure.find() ? figure.group(1) : "-";
    }
}
