package io.kappa.router.logs.reading;

import org.jspecify.annotations.Nullable;

/**
 * Part of a partition.
 *
 * @param end offset of the first record behind it
 */
public record Span(Position start, long end) {

    /** What of it is left from a position on. */
    Span from(@Nullable Position position) {
        return position == null || position.compareTo(start) <= 0 ? this : new Span(position, end);
    }

    boolean isEmpty() {
        return start.offset() >= end;
    }
}
