package io.kappa.router.logs.reading;

/**
 * One line of a log stream.
 *
 * @param time when it was written, in epoch milliseconds
 * @param arrived when it was handed to Kafka
 * @param at its place: the next line's is behind it
 * @param last whether it is the last of its record
 */
public record LogLine(
        String stream, long time, long arrived, String message, int partition, Position at, boolean last) {
    /** As CloudWatch Logs counts the size of an event, beside its text. */
    private static final int OVERHEAD = 26;

    Position behind() {
        return last ? Position.before(at.offset() + 1) : new Position(at.offset(), at.line() + 1);
    }

    /** How much it counts in an answer. A character outside ASCII takes more bytes, but none more than three. */
    int size() {
        return OVERHEAD + message.length();
    }

    /** Its own among all lines, and rising with time: 56 digits, as CloudWatch Logs has them. */
    public String eventId() {
        return "%014d%08d%020d%014d".formatted(Math.max(0, time), partition, at.offset(), at.line());
    }
}
