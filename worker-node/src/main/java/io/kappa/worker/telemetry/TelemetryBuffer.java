package io.kappa.worker.telemetry;

import io.netty.buffer.ByteBufUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Events of one subscription that wait for their delivery, and when that is due. Holds twice what is delivered at once, in items and in
 * bytes; beyond that events are dropped, and counted until somebody tells the extension. Decides only. Used under a lock.
 */
final class TelemetryBuffer {
    private final Subscription.Buffering buffering;
    private final Deque<Item> items = new ArrayDeque<>();
    private long bytes;
    private long droppedRecords;
    private long droppedBytes;

    private record Item(String json, int bytes, long addedNanos) {
        static Item of(String json, long addedNanos) {
            return new Item(json, ByteBufUtil.utf8Bytes(json), addedNanos);
        }
    }

    /** What was dropped since that was last asked. */
    record Dropped(long records, long bytes) {}

    TelemetryBuffer(Subscription.Buffering buffering) {
        this.buffering = buffering;
    }

    /** @return whether the next delivery is due at another moment now */
    boolean add(String json, long now) {
        var item = Item.of(json, now);
        if (items.size() >= 2 * buffering.maximumItems() || bytes + item.bytes() > 2L * buffering.maximumBytes()) {
            dropped(1, item.bytes());
            return false;
        }
        items.addLast(item);
        bytes += item.bytes();
        return items.size() == 1 || dueIn(now) == 0;
    }

    /** Comes before all others, and has room. */
    void addFirst(String json, long now) {
        var item = Item.of(json, now);
        items.addFirst(item);
        bytes += item.bytes();
    }

    /** Events that were dropped before they came here. */
    void dropped(long records, long size) {
        droppedRecords += records;
        droppedBytes += size;
    }

    /** Events that nobody has taken. */
    void dropAll(List<String> events) {
        events.forEach(event -> dropped(1, ByteBufUtil.utf8Bytes(event)));
    }

    Dropped takeDropped() {
        var dropped = new Dropped(droppedRecords, droppedBytes);
        droppedRecords = 0;
        droppedBytes = 0;
        return dropped;
    }

    boolean hasDropped() {
        return droppedRecords > 0;
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** How long until the next delivery is due, in nanoseconds; nothing below 0. Not to be asked of an empty one. */
    long dueIn(long now) {
        if (items.size() >= buffering.maximumItems() || bytes >= buffering.maximumBytes()) {
            return 0;
        }
        return Math.max(0, items.getFirst().addedNanos() + buffering.timeout().toNanos() - now);
    }

    /** Takes out what is delivered at once: at least one event where there is any. */
    List<String> take() {
        var taken = new ArrayList<String>();
        long size = 0;
        while (!items.isEmpty() && taken.size() < buffering.maximumItems()) {
            var next = items.getFirst();
            if (!taken.isEmpty() && size + next.bytes() > buffering.maximumBytes()) {
                break;
            }
            items.removeFirst();
            bytes -= next.bytes();
            size += next.bytes();
            taken.add(next.json());
        }
        return taken;
    }
}
