package io.kappa.router.logs.reading;

import java.util.List;

/**
 * Some lines of one stream, in their order.
 *
 * @param start before which reading backward goes on; where it began, if there is nothing before it
 * @param end from which reading forward goes on; where it began, if there is nothing behind it
 */
public record StreamPage(List<LogLine> lines, Position start, Position end) {

    /** @param lines at least one */
    static StreamPage of(List<LogLine> lines) {
        return new StreamPage(lines, lines.getFirst().at(), lines.getLast().behind());
    }
}
