package io.kappa.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.kit.streams.Table;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table in memory, which can be set back to what was committed, as Kafka Streams does where a transaction is given up. */
public final class MapTable implements Table {
    private NavigableMap<String, byte[]> entries = new TreeMap<>();
    private NavigableMap<String, byte[]> committed = new TreeMap<>();

    public void commit() {
        committed = new TreeMap<>(entries);
    }

    public void rollBack() {
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
    public void range(String least, String most, Order order, Visitor visitor) {
        var range = entries.subMap(least, true, most, true);
        for (var entry : (order == Order.FORWARDS ? range : range.descendingMap()).entrySet()) {
            if (!visitor.visit(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    /** Everything, with the values as texts, so that two tables can be compared. */
    public SortedMap<String, String> contents() {
        var contents = new TreeMap<String, String>();
        entries.forEach((key, value) -> contents.put(key, new String(value, UTF_8)));
        return contents;
    }
}
