package io.kappa.mapper.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The batch that still grows. It is closed by the first of these: it has as many records as wanted, its window has ended, or the next record
 * would make the event too long. The window begins with the batch's first record; without a window a batch is what one poll has brought.
 *
 * <p>While it grows, the queue is asked for more at growing distances rather than all the time, because each answer ties a consumer until the
 * batch has run: see {@link QueuePoller}. A batch that is full early is noticed after twice the time that filling it took, at the latest.
 *
 * <p>Not thread-safe.
 */
final class BatchAssembly<T> {
    /** Of the window, until the queue is first asked again. */
    private static final int FIRST_PART = 64;

    private final int most;
    private final Duration window;
    private final long room;
    private List<T> open = new ArrayList<>();
    private long bytes;
    private @Nullable Instant opened;
    private Instant askAgain = Instant.MIN;

    /**
     * @param most records of a batch
     * @param room bytes that records may take up in an event
     */
    BatchAssembly(int most, Duration window, long room) {
        this.most = most;
        this.window = window;
        this.room = room;
    }

    /** Takes in a record, and returns the batches that are closed by it: none, one, or two where the record is the only one of the second. */
    List<List<T>> add(T record, long size, Instant now) {
        var closed = new ArrayList<List<T>>();
        if (!open.isEmpty() && bytes + size > room) {
            closed.add(close());
        }
        if (open.isEmpty()) {
            opened = now;
            askAgain = now.plus(window.dividedBy(FIRST_PART));
        }
        open.add(record);
        bytes += size;
        if (open.size() >= most) {
            closed.add(close());
        }
        return closed;
    }

    /** The open batch, if its window has ended. */
    Optional<List<T>> due(Instant now) {
        return opened == null || now.isBefore(opened.plus(window)) ? Optional.empty() : Optional.of(close());
    }

    /** Whether it is time to ask the queue for records. */
    boolean wants(Instant now) {
        return opened == null || !now.isBefore(askAgain);
    }

    /** Takes note that the queue has just been asked. */
    void asked(Instant now) {
        if (opened != null) {
            var distance = Duration.between(opened, now);
            askAgain = now.plus(distance.isNegative() ? Duration.ZERO : distance);
        }
    }

    /** Gives up the open batch without closing it. */
    List<T> abandon() {
        return close();
    }

    int size() {
        return open.size();
    }

    private List<T> close() {
        var closed = open;
        open = new ArrayList<>();
        bytes = 0;
        opened = null;
        return closed;
    }
}
