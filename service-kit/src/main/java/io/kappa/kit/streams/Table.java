package io.kappa.kit.streams;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the owner of a partition keeps what it knows: texts and bytes, in the order of the texts. Keys are ASCII, so that their order as
 * texts and as bytes is the same.
 */
public interface Table {

    byte @Nullable [] get(String key);

    void put(String key, byte[] value);

    void delete(String key);

    /** Visits the entries between two keys, both included, until the visitor has had enough. The visitor changes nothing. */
    void range(String least, String most, Order order, Visitor visitor);

    /**
     * Visits the entries whose key starts so, in order, until the visitor has had enough. The visitor changes nothing.
     *
     * @param prefix not empty
     * @param after visits only what comes after this key; null visits all
     */
    default void scan(String prefix, @Nullable String after, Visitor visitor) {
        int last = prefix.length() - 1;
        // The least text behind all that start so; a key that is this very text is passed over.
        var end = prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
        var least = after == null || after.compareTo(prefix) < 0 ? prefix : after;
        if (least.compareTo(end) < 0) {
            range(
                    least,
                    end,
                    Order.FORWARDS,
                    (key, value) -> !key.startsWith(prefix) || key.equals(after) || visitor.visit(key, value));
        }
    }

    /** Visits all entries whose key starts so, in order. The visitor changes nothing. */
    default void forEach(String prefix, BiConsumer<String, byte[]> visitor) {
        scan(prefix, null, (key, value) -> {
            visitor.accept(key, value);
            return true;
        });
    }

    /** Which end the visit of a range begins at. */
    enum Order {
        FORWARDS,
        BACKWARDS
    }

    /** Is shown the entries one by one. */
    @FunctionalInterface
    interface Visitor {
        /** Whether to go on. */
        boolean visit(String key, byte[] value);
    }
}
