package io.kappa.kit.streams;

import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/** A table in a store of Kafka Streams, so that it changes with the records or not at all. */
public final class StoreTable implements Table {
    private final ReadOnlyKeyValueStore<String, byte[]> store;
    private final @Nullable KeyValueStore<String, byte[]> writable;

    private StoreTable(ReadOnlyKeyValueStore<String, byte[]> store, @Nullable KeyValueStore<String, byte[]> writable) {
        this.store = store;
        this.writable = writable;
    }

    /** The table as its owner, a processor, has it. */
    public static Table of(KeyValueStore<String, byte[]> store) {
        return new StoreTable(store, store);
    }

    /** The table as others see it, who only read. */
    static Table readOnly(ReadOnlyKeyValueStore<String, byte[]> store) {
        return new StoreTable(store, null);
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
    public void range(String least, String most, Order order, Visitor visitor) {
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
