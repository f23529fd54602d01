package io.kappa.deadletters.index;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table in a map, which can be taken back to how it was. */
final class MapTable implements Table {
    private final NavigableMap<String, byte[]> entries = new TreeMap<>();

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
    public void scan(String least, String most, Order order, Visitor visitor) {
        var range = entries.subMap(least, true, most, true);
        for (var entry : (order == Order.FORWARDS ? range : range.descendingMap()).entrySet()) {
            if (!visitor.visit(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    Map<String, byte[]> contents() {
        return new TreeMap<>(entries);
    }

    void become(Map<String, byte[]> contents) {
        entries.clear();
        entries.putAll(contents);
    }
}
