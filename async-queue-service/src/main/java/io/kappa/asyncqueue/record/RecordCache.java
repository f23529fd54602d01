package io.kappa.asyncqueue.record;

import io.kappa.asyncqueue.event.Position;
import java.util.LinkedHashMap;
import java.util.Optional;

/** Records that have come by lately, the most recent ones that fit into some memory. */
final class RecordCache {
    private final long most;
    private final LinkedHashMap<Position, StoredRecord> records = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** @param most bytes, about */
    RecordCache(long most) {
        this.most = most;
    }

    synchronized Optional<StoredRecord> find(Position position) {
        return Optional.ofNullable(records.get(position));
    }

    synchronized void put(Position position, StoredRecord record) {
        var before = records.put(position, record);
        bytes += record.bytes() - (before == null ? 0 : before.bytes());
        var oldest = records.entrySet().iterator();
        while (bytes > most && oldest.hasNext()) {
            bytes -= oldest.next().getValue().bytes();
            oldest.remove();
        }
    }
}
