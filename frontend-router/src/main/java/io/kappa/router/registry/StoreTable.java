package io.kappa.router.registry;

import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** A table in a store of Kafka Streams, so that it changes with the records or not at all. */
final class StoreTable implements Table {
    private static final StringSerializer TEXT = new StringSerializer();

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
    public void scan(String prefix, BiConsumer<String, byte[]> visitor) {
        try (var entries = store.prefixScan(prefix, TEXT)) {
            entries.forEachRemaining(entry -> visitor.accept(entry.key, entry.value));
        }
    }
}
