package io.kappa.deadletters.index;

import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/** A table in a store of Kafka Streams, so that it changes with the records or not at all. */
final class StoreTable implements Table {
    private final ReadOnlyKeyValueStore<String, byte[]> store;
    private final @Nullable KeyValueStore<String, byte[]> writable;

    /** The owner's. */
    StoreTable(KeyValueStore<String, byte[]> store) {
        this.store = store;
        this.writable = store;
    }

    /** A reader's. */
    StoreTable(ReadOnlyKeyValueStore<String, byte[]> store) {
        this.store = store;
        this.writable = null;
    }

    @Override
    public byte @Nullable [] get(String key) {
        return store.get(key);
    }

    @Override
    public void put(String key, byte[] value) {
        writable().put(key, value);
    }

    @Override
    public void delete(String key) {
        writable().delete(key);
    }

    private KeyValueStore<String, byte[]> writable() {
        if (writable == null) {
            throw new UnsupportedOperationException("only the owner writes");
        }
        return writable;
    }

    @Override
    public void scan(String least, String most, Order order, Visitor visitor) {
        try (var entries = switch (order) {
            case FORWARDS -> store.range(least, most);
            case BACKWARDS -> store.reverseRange(least, most);
        }) {
            while (entries.hasNext()) {
                var entry = entries.next();
                if (!visitor.visit(entry.key, entry.value)) {
                    return;
                }
            }
        }
    }
}
