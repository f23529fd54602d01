package io.kappa.worker.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Turns output, which arrives in pieces of any size, into lines. A line is decoded when it is whole, so a piece may end inside a
 * character. A line without an end is cut at {@link #LONGEST} bytes, between characters. Used by one thread at a time.
 */
public final class LineSplitter {
    /** Longest line, in bytes of UTF-8; also the longest event that CloudWatch Logs used to take. */
    static final int LONGEST = 256 * 1024;

    private final Consumer<String> lines;
    private byte[] partial = new byte[256];
    private int length;

    /** @param lines is given each line without its newline */
    public LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    public void add(byte[] bytes) {
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                keep(bytes, start, i);
                emit(length);
                start = i + 1;
            }
        }
        keep(bytes, start, bytes.length);
    }

    /** Hands on what has no newline yet: the process has ended, or the invocation that the output belongs to. */
    public void end() {
        if (length > 0) {
            emit(length);
        }
    }

    private void keep(byte[] bytes, int from, int to) {
        while (from < to) {
            if (length == LONGEST) {
                emit(wholeCharacters());
            }
            int taken = Math.min(to - from, LONGEST - length);
            if (length + taken > partial.length) {
                partial = Arrays.copyOf(partial, Math.min(LONGEST, Math.max(2 * partial.length, length + taken)));
            }
            System.arraycopy(bytes, from, partial, length, taken);
            length += taken;
            from += taken;
        }
    }

    private void emit(int count) {
        lines.accept(new String(partial, 0, count, StandardCharsets.UTF_8));
        System.arraycopy(partial, count, partial, 0, length - count);
        length -= count;
    }

    /** Where the last character that is surely whole ends; all there is where it is not UTF-8. */
    private int wholeCharacters() {
        int lead = length - 1;
        while (lead > length - 4 && (partial[lead] & 0xC0) == 0x80) {
            lead--;
        }
        int following =
                Integer.numberOfLeadingZeros(~(partial[lead] << 24)) - 1; // 0xxxxxxx: -1, 110xxxxx: 1, 1110xxxx: 2
        boolean cut = following > 0 && lead + following >= length;
        return cut ? lead : length;
    }
}
