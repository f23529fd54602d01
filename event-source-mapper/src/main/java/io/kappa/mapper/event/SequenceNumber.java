package io.kappa.mapper.event;

import java.util.regex.Pattern;

/**
 * The sequence number under which functions see a record: {@code 49}, ten digits of partition, nineteen of offset. Within a partition it
 * grows with the offset, whether it is compared as a number or as a text, and it leads back to the record.
 */
public record SequenceNumber(int partition, long offset) {
    private static final String START = "49"; // As Kinesis' own do; no number starts with 0.
    private static final int PARTITION_DIGITS = 10;
    private static final int OFFSET_DIGITS = 19;
    private static final Pattern SYNTAX = Pattern.compile(START + "\\d{" + (PARTITION_DIGITS + OFFSET_DIGITS) + "}");

    public SequenceNumber {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException("no record: partition " + partition + ", offset " + offset);
        }
    }

    /** @throws IllegalArgumentException where the text is not such a number */
    public static SequenceNumber parse(String text) {
        if (!SYNTAX.matcher(text).matches()) {
            throw new IllegalArgumentException("not a sequence number: '" + text + "'");
        }
        int offset = START.length() + PARTITION_DIGITS;
        return new SequenceNumber(
                Integer.parseInt(text.substring(START.length(), offset)), Long.parseLong(text.substring(offset)));
    }

    /** Name of the shard that a partition is. */
    public static String shardId(int partition) {
        return "shardId-" + padded(partition, 12);
    }

    private static String padded(long number, int digits) {
        var text = Long.toString(number);
        return "0".repeat(digits - text.length()) + text;
    }

    @Override
    public String toString() {
        return START + padded(partition, PARTITION_DIGITS) + padded(offset, OFFSET_DIGITS);
    }
}
