package io.kappa.kit.http;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Gathers the parts of an HTTP body up to a bound. What comes after the bound is counted and dropped, with all that came before. */
public final class BoundedBody {
    private final int most;
    private final int expected;
    private @Nullable Buffer gathered;
    private int parts;
    private long seen;

    /** @param expected length of the whole, as far as it is known; 0 where it is not */
    public BoundedBody(int most, long expected) {
        this.most = most;
        this.expected = (int) Math.min(most, expected);
    }

    public void take(Buffer part) {
        seen += part.length();
        if (seen > most) {
            gathered = null;
        } else if (gathered == null) {
            gathered = part; // Mostly the only one, and then never copied.
        } else {
            if (parts == 1) {
                gathered = Buffer.buffer((int) Math.max(expected, 2 * seen)).appendBuffer(gathered);
            }
            gathered.appendBuffer(part);
        }
        parts++;
    }

    /** Length of all that came, dropped or not. */
    public long seen() {
        return seen;
    }

    public boolean isBeyond() {
        return seen > most;
    }

    /** The whole body; of one beyond the bound, nothing. */
    public Buffer whole() {
        return gathered == null ? Buffer.buffer() : gathered;
    }
}
