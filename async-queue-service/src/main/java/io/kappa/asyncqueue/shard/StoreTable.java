package io.kappa.asyncqueue.shard;

import java.util.function.BiPredicate;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/** A table in a store of Kafka Streams, so that it changes with the records or not at all. */
final class StoreTable implements Table {
    private final KeyValueStore<String, byte[]> store;

    StoreTable(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    @Override
    public byte @Nullable [] get(String key) {
        return store.get(key);
    }

    @Override
    public void put(String key, byte[] value) {
        store.put(key, value);
    }

    @Override
    public void delete(String key) {
        store.delete(key);
    }

    @Override
    public void scan(String prefix, @Nullable String after, BiPredicate<String, byte[]> visitor) {
        scan(store, prefix, after, visitor);
    }

    /** As {@link #scan(String, String, BiPredicate)}, for whoever may only read. */
    static void scan(
            ReadOnlyKeyValueStore<String, byte[]> store,
            String prefix,
            @Nullable String after,
            BiPredicate<String, byte[]> visitor) {
        // The last character of a prefix is a slash; what follows a slash comes before the character after it.
        var end = prefix.substring(0, prefix.length() - 1) + (char) (prefix.charAt(prefix.length() - 1) + 1);
        try (var entries = store.range(after == null ? prefix : after, end)) {
            while (entries.hasNext()) {
                var entry = entries.next();
                if (entry.key.startsWith(prefix) && !entry.key.equals(after) && !visitor.test(entry.key, entry.value)) {
                    return;
                }
            }
        }
    }
}
