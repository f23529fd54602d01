package io.kappa.asyncqueue.shard;

import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** A table in memory, which can be set back to what it was, as Kafka Streams does where a transaction is given up. */
final class MapTable implements Table {
    private TreeMap<String, byte[]> entries = new TreeMap<>();
    private TreeMap<String, byte[]> committed = new TreeMap<>();

    void commit() {
        committed = new TreeMap<>(entries);
    }

    void rollBack() {
        entries = new TreeMap<>(committed);
    }

    @Override
    public byte @Nullable [] get(String key) {
        return entries.get(key);
    }

    @Override
    public void put(String key, byte[] value) {
        entries.put(key, value);
    }

    @Override
    public void delete(String key) {
        entries.remove(key);
    }

    @Override
    public void scan(String prefix, @Nullable String after, BiPredicate<String, byte[]> visitor) {
        var from = after == null ? entries.tailMap(prefix, true) : entries.tailMap(after, false);
        for (var entry : from.entrySet()) {
            if (!entry.getKey().startsWith(prefix) || !visitor.test(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }
}
