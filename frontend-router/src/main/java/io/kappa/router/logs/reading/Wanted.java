package io.kappa.router.logs.reading;

import java.util.function.Predicate;

/**
 * Which lines a read is for.
 *
 * @param stream by its name
 * @param from earliest time, in epoch milliseconds
 * @param to latest time, inclusive
 * @param message without its newline
 */
public record Wanted(Predicate<String> stream, long from, long to, Predicate<String> message) {

    boolean accepts(long time, String text) {
        return from <= time && time <= to && message.test(text);
    }
}
