package io.kappa.asyncqueue.schedule;

import io.kappa.contracts.invocation.RequestId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.LongPredicate;

/**
 * What waits in one queue, by when it is due: a binary heap in plain arrays, because a million entries must cost no more than their 32 bytes
 * each. Knows nothing of what becomes of an entry elsewhere: one that was taken out of the shard's state stays until it is polled, and whoever
 * polls looks it up there.
 */
final class DueHeap {
    private static final int SMALLEST = 8;

    private long[] due = new long[SMALLEST];
    private long[] accepted = new long[SMALLEST];
    private long[] high = new long[SMALLEST];
    private long[] low = new long[SMALLEST];
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** When the first is due, epoch milliseconds. Only where there is one. */
    long firstDue() {
        return due[0];
    }

    void add(long dueAt, long acceptedAt, RequestId id) {
        if (size == due.length) {
            resize(size + (size >> 1));
        }
        int at = size++;
        while (at > 0 && dueAt < due[(at - 1) >> 1]) {
            move((at - 1) >> 1, at);
            at = (at - 1) >> 1;
        }
        set(
                at,
                dueAt,
                acceptedAt,
                id.value().getMostSignificantBits(),
                id.value().getLeastSignificantBits());
    }

    /** Takes out the first. Only where there is one. */
    RequestId poll() {
        var id = id(0);
        size--;
        if (size > 0) {
            sink(0, due[size], accepted[size], high[size], low[size]);
        }
        if (size < due.length / 4 && due.length > SMALLEST) {
            resize(due.length / 2);
        }
        return id;
    }

    void clear() {
        size = 0;
        resize(SMALLEST);
    }

    private void sink(int start, long dueAt, long acceptedAt, long highBits, long lowBits) {
        int at = start;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && due[child + 1] < due[child]) {
                child++;
            }
            if (due[child] >= dueAt) {
                break;
            }
            move(child, at);
            at = child;
        }
        set(at, dueAt, acceptedAt, highBits, lowBits);
    }

    /** When the oldest was accepted; {@link Long#MAX_VALUE} where there is none. Looks at all of them. */
    long oldestAccepted() {
        long oldest = Long.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            oldest = Math.min(oldest, accepted[i]);
        }
        return oldest;
    }

    /** How many are due. Looks at all of them. */
    int dueBy(long now) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += due[i] <= now ? 1 : 0;
        }
        return count;
    }

    /** Takes out up to {@code most} of those whose time of acceptance is of interest. Looks at all of them. */
    List<RequestId> takeAcceptedWhen(LongPredicate interesting, int most) {
        var taken = new ArrayList<RequestId>();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (taken.size() < most && interesting.test(accepted[i])) {
                taken.add(id(i));
            } else {
                move(i, kept++);
            }
        }
        size = kept;
        if (!taken.isEmpty()) {
            for (int i = size / 2 - 1; i >= 0; i--) {
                sink(i, due[i], accepted[i], high[i], low[i]);
            }
        }
        return taken;
    }

    private RequestId id(int at) {
        return new RequestId(new UUID(high[at], low[at]));
    }

    private void move(int from, int to) {
        set(to, due[from], accepted[from], high[from], low[from]);
    }

    private void set(int at, long dueAt, long acceptedAt, long highBits, long lowBits) {
        due[at] = dueAt;
        accepted[at] = acceptedAt;
        high[at] = highBits;
        low[at] = lowBits;
    }

    private void resize(int length) {
        due = Arrays.copyOf(due, length);
        accepted = Arrays.copyOf(accepted, length);
        high = Arrays.copyOf(high, length);
        low = Arrays.copyOf(low, length);
    }
}
