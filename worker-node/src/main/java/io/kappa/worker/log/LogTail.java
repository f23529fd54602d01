package io.kappa.worker.log;

import java.nio.charset.StandardCharsets;

/** The last 4 KB of what one invocation logged, as the tail that its caller may ask for. Used by one thread at a time. */
public final class LogTail {
    static final int SIZE = 4096;

    private final byte[] ring = new byte[SIZE];
    private long written;

    public void append(String text) {
        append(text.getBytes(StandardCharsets.UTF_8));
    }

    public void append(byte[] bytes) {
        int from = Math.max(0, bytes.length - SIZE);
        written += from;
        int position = (int) (written % SIZE);
        int length = bytes.length - from;
        int first = Math.min(length, SIZE - position);
        System.arraycopy(bytes, from, ring, position, first);
        System.arraycopy(bytes, from + first, ring, 0, length - first);
        written += length;
    }

    /** At most 4096 bytes; the first of them may lie inside a character. */
    public byte[] bytes() {
        int length = (int) Math.min(written, SIZE);
        int start = (int) ((written - length) % SIZE);
        var tail = new byte[length];
        int first = Math.min(length, SIZE - start);
        System.arraycopy(ring, start, tail, 0, first);
        System.arraycopy(ring, 0, tail, first, length - first);
        return tail;
    }
}
